import type { FrameSample } from '../../../engine/events/tracks';
import { element } from '../../dashboard/element';
import type { EditorModel } from '../editorModel';

/** RGBA of a grey, RGB or RGBA frame. */
function rgba({ pixels, channels, width, height }: FrameSample): Uint8ClampedArray<ArrayBuffer> {
  const colors = new Uint8ClampedArray(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      colors[pixel * 4 + channel] = pixels[pixel * channels + (channels === 1 ? 0 : channel)]!;
    }
    colors[pixel * 4 + 3] = 255;
  }
  return colors;
}

/** Whether camera frames lie under the events of a view: not where the picture is no picture of the sensor. */
export function takesFrames(view: EditorModel['view']['view']): boolean {
  return view !== 'cloud' && view !== 'network';
}

/** Whether a frame lies under the events of a view. */
export function hasFrame({ frames, view }: EditorModel['view'], frame: FrameSample | undefined): boolean {
  return frames && frame !== undefined && takesFrames(view);
}

/** The camera frame under the events. */
export class FramePicture {
  readonly canvas = element('canvas', { id: 'frame-picture', 'aria-hidden': 'true' });
  #shown: FrameSample | undefined;

  update({ frame, view }: EditorModel): void {
    const visible = hasFrame(view, frame);
    this.canvas.hidden = !visible;
    this.canvas.style.opacity = String(view.frameStrength);
    if (!visible || !frame || frame === this.#shown) {
      return;
    }
    this.#shown = frame;
    this.canvas.width = frame.width;
    this.canvas.height = frame.height;
    const image = new ImageData(rgba(frame), frame.width, frame.height);
    this.canvas.getContext('2d')?.putImageData(image, 0, 0);
  }
}
