import type { TensorAnswer } from '../../../engine/protocol/recordingProtocol';
import { element, setText } from '../../dashboard/element';
import type { EditorCommands, EditorModel, EditorPart } from '../editorModel';
import { paint } from '../picture/coloring';
import { colorScheme } from '../picture/colorSchemes';
import { countText, durationText } from '../text/timeText';
import { stepAt, stepPlanes, stepRule } from './tensorPicture';

const MOST_THUMBNAILS = 64;

/** All steps of the tensor in a row; the one at the playhead is marked. */
export class FilmStrip implements EditorPart {
  readonly root = element('div', {
    id: 'film-strip',
    class: 'film-strip',
    role: 'group',
    'aria-label': 'Time steps of the network input',
  });
  #tensor: TensorAnswer | undefined;
  #scheme = '';
  #buttons: HTMLButtonElement[] = [];

  constructor(private readonly commands: EditorCommands) {}

  update({ view, network, player }: EditorModel): void {
    const { tensor } = network;
    this.root.hidden = view.view !== 'network' || !tensor;
    if (this.root.hidden || !tensor) {
      return;
    }
    const scheme = colorScheme(view.scheme).id;
    if (tensor !== this.#tensor || scheme !== this.#scheme) {
      this.#tensor = tensor;
      this.#scheme = scheme;
      this.#build(tensor);
    }
    const current = stepAt(tensor, player.time);
    for (const [step, button] of this.#buttons.entries()) {
      const selected = step === current;
      if (selected && button.getAttribute('aria-current') !== 'true') {
        button.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      }
      button.setAttribute('aria-current', String(selected));
    }
  }

  #build(tensor: TensorAnswer): void {
    const shown = tensor.steps.slice(0, MOST_THUMBNAILS);
    this.#buttons = shown.map((_, step) => this.#thumbnail(tensor, step));
    this.root.replaceChildren(...this.#buttons);
    if (tensor.steps.length > MOST_THUMBNAILS) {
      this.root.append(
        element('span', { class: 'faded' }, `and ${tensor.steps.length - MOST_THUMBNAILS} more`),
      );
    }
  }

  #thumbnail(tensor: TensorAnswer, step: number): HTMLButtonElement {
    const { start, end, events } = tensor.steps[step]!;
    const length = durationText(end - start);
    const canvas = element('canvas', {
      width: tensor.shape[3],
      height: tensor.shape[2],
      'aria-hidden': 'true',
    });
    const context = canvas.getContext('2d');
    if (context) {
      const image = context.createImageData(canvas.width, canvas.height);
      paint(image.data, stepPlanes(tensor, step), stepRule(tensor, step, colorScheme(this.#scheme)));
      context.putImageData(image, 0, 0);
    }
    const caption = element('span', { class: 'caption' });
    setText(caption, `${step + 1} · ${length}`);
    const button = element(
      'button',
      {
        type: 'button',
        class: 'thumbnail',
        title: `Step ${step + 1}: ${countText(Math.round(end - start))} µs, ${countText(events)} events`,
      },
      canvas,
      caption,
      element(
        'span',
        { class: 'visually-hidden' },
        `, step of ${tensor.steps.length}, ${countText(events)} events`,
      ),
    );
    button.addEventListener('click', () => this.commands.do({ type: 'seek', time: Math.ceil(end) }));
    return button;
  }
}
