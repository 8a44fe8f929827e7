import type { SaveParameters } from '../../../engine/protocol/recordingViewProtocol';
import { cssColor } from '../picture/colorSchemes';
import type { Rgb } from '../picture/pictureSettings';

const SMALLEST_SIDE = 512;

/** The picture as a PNG file: background, camera frame, events; small sensors are enlarged by a whole number. */
export function pictureFile(
  picture: HTMLCanvasElement,
  frame: HTMLCanvasElement | null,
  background: Rgb,
  fileName: string,
): SaveParameters {
  const enlarge = Math.max(1, Math.ceil(SMALLEST_SIDE / Math.max(picture.width, picture.height)));
  const canvas = document.createElement('canvas');
  canvas.width = picture.width * enlarge;
  canvas.height = picture.height * enlarge;
  const context = canvas.getContext('2d');
  if (context) {
    context.imageSmoothingEnabled = false;
    context.fillStyle = cssColor(background);
    context.fillRect(0, 0, canvas.width, canvas.height);
    for (const layer of [frame, picture]) {
      if (layer) {
        context.globalAlpha = Number(layer.style.opacity || 1);
        context.drawImage(layer, 0, 0, canvas.width, canvas.height);
      }
    }
  }
  const url = canvas.toDataURL('image/png');
  return { fileName, content: url.slice(url.indexOf(',') + 1), encoding: 'base64' };
}
