import type { TensorAnswer } from '../../../engine/protocol/recordingProtocol';
import { element } from '../../dashboard/element';
import type { EditorCommands, EditorModel, EditorPart } from '../editorModel';
import { colorScheme } from '../picture/colorSchemes';
import { drawnSteps, scrolledTo } from './filmWindow';
import { stepAt } from './tensorPicture';
import { thumbnail } from './thumbnail';

const PICTURE_HEIGHT = 56;
/** Room for a caption: its words, and each digit of the step's number. */
const CAPTION_WIDTH = 56;
const DIGIT_WIDTH = 8;
const WIDEST = 160;

/** Steps from the current one that a key goes; infinite ones to an end. */
const KEY_STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageUp: -10,
  PageDown: 10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** All steps of the tensor in a row; the one at the playhead is marked. Only those that can be seen are drawn. */
export class FilmStrip implements EditorPart {
  readonly root = element('div', {
    id: 'film-strip',
    class: 'film-strip',
    role: 'group',
    'aria-label': 'Time steps of the network input',
  });
  readonly #row = element('div', { class: 'film-row' });
  readonly #buttons = new Map<number, HTMLButtonElement>();
  #tensor: TensorAnswer | undefined;
  #scheme = '';
  #current = -1;
  #stepWidth = CAPTION_WIDTH;
  #scrolled = 0;
  #seen = 0;

  constructor(private readonly commands: EditorCommands) {
    this.root.append(this.#row);
    this.root.addEventListener('scroll', () => {
      this.#scrolled = this.root.scrollLeft;
      this.#draw();
    });
    this.root.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    this.root.addEventListener('keydown', (event) => this.#onKey(event));
    new ResizeObserver(() => {
      this.#seen = this.root.clientWidth;
      this.#showCurrent();
    }).observe(this.root);
  }

  update({ view, network, player }: EditorModel): void {
    this.root.hidden = view.view !== 'network';
    const { tensor } = network;
    if (this.root.hidden || !tensor) {
      this.#forget();
      return;
    }
    const scheme = colorScheme(view.scheme).id;
    const isNew = tensor !== this.#tensor || scheme !== this.#scheme;
    if (isNew) {
      this.#forget();
      this.#tensor = tensor;
      this.#scheme = scheme;
      const [, , height, width] = tensor.shape;
      const wide = Math.round((PICTURE_HEIGHT * width) / height) + 8;
      const caption = CAPTION_WIDTH + DIGIT_WIDTH * String(tensor.steps.length).length;
      this.#stepWidth = Math.min(WIDEST, Math.max(caption, wide));
      this.#row.style.width = `${tensor.steps.length * this.#stepWidth}px`;
    }
    const current = stepAt(tensor, player.time);
    if (isNew || current !== this.#current) {
      this.#current = current;
      this.#showCurrent();
    }
  }

  #forget(): void {
    this.#tensor = undefined;
    this.#buttons.clear();
    this.#row.replaceChildren();
  }

  #showCurrent(): void {
    if (!this.#tensor) {
      return;
    }
    const { length } = this.#tensor.steps;
    const scrolled = scrolledTo(this.#current, this.#scrolled, this.#seen, this.#stepWidth, length);
    if (scrolled !== this.#scrolled) {
      this.#scrolled = scrolled;
      this.root.scrollLeft = scrolled;
    }
    this.#draw();
  }

  /** Draws what can be seen now; the step with the focus stays. */
  #draw(): void {
    const tensor = this.#tensor;
    if (!tensor) {
      return;
    }
    const { first, last } = drawnSteps(this.#scrolled, this.#seen, this.#stepWidth, tensor.steps.length);
    for (const [step, button] of this.#buttons) {
      if ((step < first || step >= last) && button !== document.activeElement) {
        button.remove();
        this.#buttons.delete(step);
      }
    }
    for (let step = first; step < last; step++) {
      if (!this.#buttons.has(step)) {
        this.#add(tensor, step);
      }
    }
    for (const [step, button] of this.#buttons) {
      const isCurrent = step === this.#current;
      button.setAttribute('aria-current', String(isCurrent));
      button.tabIndex = isCurrent ? 0 : -1;
    }
  }

  #add(tensor: TensorAnswer, step: number): void {
    const button = thumbnail(tensor, step, colorScheme(this.#scheme));
    button.style.left = `${step * this.#stepWidth}px`;
    button.style.width = `${this.#stepWidth}px`;
    button.addEventListener('click', () => this.#goTo(step));
    this.#buttons.set(step, button);
    const next = [...this.#buttons.keys()].filter((other) => other > step);
    this.#row.insertBefore(button, next.length > 0 ? this.#buttons.get(Math.min(...next))! : null);
  }

  #goTo(step: number): void {
    const { end } = this.#tensor!.steps[step]!;
    this.commands.do({ type: 'seek', time: Math.ceil(end) });
  }

  #onKey(event: KeyboardEvent): void {
    const by = KEY_STEPS[event.key];
    if (
      by === undefined ||
      !this.#tensor ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      event.shiftKey
    ) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const step = Math.min(this.#tensor.steps.length - 1, Math.max(0, this.#current + by));
    this.#current = step;
    this.#showCurrent();
    this.#buttons.get(step)?.focus({ preventScroll: true });
    this.#goTo(step);
  }

  /** A wheel that turns up and down moves the row as well. */
  #onWheel(event: WheelEvent): void {
    if (event.deltaX === 0 && !event.ctrlKey && this.root.scrollWidth > this.root.clientWidth) {
      event.preventDefault();
      this.root.scrollLeft += event.deltaMode === 0 ? event.deltaY : event.deltaY * 33;
    }
  }
}
