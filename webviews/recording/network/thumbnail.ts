import type { TensorAnswer } from '../../../engine/protocol/recordingProtocol';
import { element } from '../../dashboard/element';
import { paint } from '../picture/coloring';
import type { ColorScheme } from '../picture/colorSchemes';
import { countText, durationText } from '../text/timeText';
import { stepPlanes, stepRule } from './tensorPicture';

function stepPicture(tensor: TensorAnswer, step: number, scheme: ColorScheme): HTMLCanvasElement {
  const [, , height, width] = tensor.shape;
  const canvas = element('canvas', { width, height, 'aria-hidden': 'true' });
  const context = canvas.getContext('2d');
  if (context) {
    const image = context.createImageData(width, height);
    paint(image.data, stepPlanes(tensor, step), stepRule(tensor, step, scheme));
    context.putImageData(image, 0, 0);
  }
  return canvas;
}

/** A button with the picture of a time step, its number and its length. */
export function thumbnail(tensor: TensorAnswer, step: number, scheme: ColorScheme): HTMLButtonElement {
  const { start, end, events } = tensor.steps[step]!;
  const told = ` of ${tensor.steps.length}, ${countText(events)} events`;
  return element(
    'button',
    {
      type: 'button',
      class: 'thumbnail',
      tabindex: -1,
      title: `Step ${step + 1}: ${countText(Math.round(end - start))} µs, ${countText(events)} events`,
    },
    stepPicture(tensor, step, scheme),
    element(
      'span',
      { class: 'caption' },
      element('span', { class: 'visually-hidden' }, 'Step '),
      `${step + 1}`,
      element('span', { class: 'visually-hidden' }, `${told},`),
      ` · ${durationText(end - start)}`,
    ),
  );
}
