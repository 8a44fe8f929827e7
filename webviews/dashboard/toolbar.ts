import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-checkbox/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import { element, setText } from './element';
import { X_AXES, type XAxis } from './runSeries';
import type { ViewState } from './viewState';

const AXIS_LABELS: Record<XAxis, string> = {
  iteration: 'iterations',
  epoch: 'epochs',
  time: 'training time',
};
const MAX_SMOOTHING = 0.99;

/** The settings that all plots share. */
export class Toolbar {
  readonly root: HTMLElement;
  readonly #smoothing = element('input', {
    id: 'smoothing',
    type: 'range',
    min: 0,
    max: MAX_SMOOTHING,
    step: 0.01,
    'aria-label': 'Smoothing',
  });
  readonly #smoothingValue = element('output', { id: 'smoothing-value', for: 'smoothing' });
  readonly #axis = element('vscode-single-select', { id: 'x-axis', label: 'Horizontal axis' });
  readonly #logLoss = element('vscode-checkbox', { id: 'log-loss', label: 'Log loss' });
  readonly #linked = element('vscode-checkbox', { id: 'link-zoom', label: 'Link zoom' });
  readonly #reset = element('vscode-button', { id: 'reset-zoom', secondary: true }, 'Reset zoom');

  constructor(private readonly change: (part: Partial<ViewState>) => void) {
    for (const axis of X_AXES) {
      this.#axis.append(element('vscode-option', { value: axis }, AXIS_LABELS[axis]));
    }
    this.root = element(
      'div',
      { class: 'toolbar', role: 'toolbar', 'aria-label': 'Plot options' },
      element('label', { class: 'control' }, 'Smoothing', this.#smoothing, this.#smoothingValue),
      element(
        'div',
        { class: 'control' },
        element('span', { 'aria-hidden': 'true' }, 'Horizontal'),
        this.#axis,
      ),
      this.#logLoss,
      this.#linked,
      this.#reset,
    );
    this.#listen();
  }

  #listen(): void {
    this.#smoothing.addEventListener('input', () =>
      this.change({ smoothing: Number(this.#smoothing.value) }),
    );
    this.#axis.addEventListener('change', () => this.change({ axis: this.#axis.value as XAxis, ranges: {} }));
    this.#logLoss.addEventListener('change', () => this.change({ logLoss: this.#logLoss.checked }));
    this.#linked.addEventListener('change', () => this.change({ linked: this.#linked.checked }));
    this.#reset.addEventListener('click', () => this.change({ ranges: {} }));
  }

  /** Shows the settings of a view. */
  update(view: ViewState): void {
    this.#smoothing.value = String(view.smoothing);
    this.#smoothing.style.setProperty('--share', `${(view.smoothing / MAX_SMOOTHING) * 100}%`);
    setText(this.#smoothingValue, view.smoothing.toFixed(2));
    this.#axis.value = view.axis;
    this.#logLoss.checked = view.logLoss;
    this.#linked.checked = view.linked;
    this.#reset.disabled = Object.keys(view.ranges).length === 0;
  }
}
