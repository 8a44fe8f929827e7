import '@vscode-elements/elements/dist/vscode-button/index.js';
import type { VscodeButton } from '@vscode-elements/elements/dist/vscode-button/index.js';
import { formatPlace } from '../../engine/errors';
import type { RunState, RunStatus } from '../../engine/runs/runStatus';
import { durationText, figureText, percentText, runShare } from '../../engine/runs/runText';
import { element, setText } from './element';
import { valueText } from './valueText';

/** What the buttons of the header ask the extension to do. */
export type HeaderAction = 'stop' | 'resume' | 'openFolder' | 'openConfiguration';

const LIVE: readonly RunState[] = ['preparing', 'running'];
const NOTHING = '–';

function optional<T>(value: T | undefined, write: (value: T) => string): string {
  return value === undefined ? NOTHING : write(value);
}

/** Whether a run failed with nothing to continue from: its configuration has to change, and a resume keeps it. */
function failedAtOnce({ state, iteration }: RunStatus): boolean {
  return state === 'failed' && iteration === 0;
}

function isResumable(status: RunStatus): boolean {
  return status.state === 'stopped' || (status.state === 'failed' && !failedAtOnce(status));
}

/** Iteration, time left and so on, by the id of the element that shows it. */
function factsOf(status: RunStatus): Record<string, string> {
  return {
    'run-iteration': `${status.iteration} / ${status.iterations}`,
    'time-left': optional(LIVE.includes(status.state) ? status.secondsLeft : undefined, durationText),
    'pairs-per-second': optional(status.pairsPerSecond || undefined, figureText),
    'last-loss': valueText(status.lastLoss, 'number'),
    'last-accuracy': optional(status.lastAccuracy, percentText),
    'best-accuracy': optional(status.bestAccuracy, percentText),
  };
}

const FACT_LABELS: readonly (readonly [string, string])[] = [
  ['run-iteration', 'Iteration'],
  ['time-left', 'Time left'],
  ['pairs-per-second', 'Pairs/s'],
  ['last-loss', 'Loss'],
  ['last-accuracy', 'Last test accuracy'],
  ['best-accuracy', 'Best test accuracy'],
];

/** The top of the dashboard: what runs, how far it is, and what can be done with it. */
export class Header {
  readonly root: HTMLElement;
  readonly #name = element('h1', { id: 'run-name' });
  readonly #state = element('span', { id: 'run-state', class: 'state' });
  readonly #about = element('span', { id: 'run-about', class: 'about' });
  readonly #activity = element('span', { id: 'run-activity', class: 'activity' });
  readonly #fill = element('div', { class: 'progress-fill' });
  readonly #progress = element(
    'div',
    {
      id: 'run-progress',
      class: 'progress',
      role: 'progressbar',
      'aria-label': 'Iterations done',
      'aria-valuemin': 0,
      'aria-valuemax': 100,
    },
    this.#fill,
  );
  readonly #facts = new Map(FACT_LABELS.map(([id]) => [id, element('dd', { id })]));
  readonly #announcement = element('p', { id: 'run-announcement', class: 'visually-hidden', role: 'status' });
  readonly #failure = element('section', {
    id: 'run-failure',
    class: 'failure',
    role: 'alert',
    hidden: true,
  });
  readonly #stop: HTMLElement;
  readonly #resume: HTMLElement;
  readonly #openConfiguration: VscodeButton;
  #shownFailure = '';

  constructor(private readonly act: (action: HeaderAction) => void) {
    this.#stop = this.#button('stop', 'Stop', false);
    this.#resume = this.#button('resume', 'Resume', false);
    this.#openConfiguration = this.#button('openConfiguration', 'Open configuration', true);
    const actions = element(
      'div',
      { class: 'actions' },
      this.#stop,
      this.#resume,
      this.#button('openFolder', 'Open folder', true),
      this.#openConfiguration,
    );
    const facts = FACT_LABELS.map(([id, label]) =>
      element('div', { class: 'fact' }, element('dt', {}, label), this.#facts.get(id)!),
    );
    this.root = element(
      'header',
      { class: 'run-header' },
      element('div', { class: 'title-row' }, this.#name, this.#state, this.#about, actions),
      this.#progress,
      element('div', { class: 'fact-row' }, element('dl', { class: 'facts' }, ...facts), this.#activity),
      this.#failure,
      this.#announcement,
    );
  }

  #button(action: HeaderAction, label: string, secondary: boolean): VscodeButton {
    const button = element('vscode-button', { id: `action-${action}`, secondary }, label);
    button.addEventListener('click', () => this.act(action));
    return button;
  }

  /** Shows a status. */
  update(status: RunStatus): void {
    setText(this.#name, status.name);
    setText(this.#about, [status.method, status.backend].filter(Boolean).join(' · '));
    setText(this.#state, status.state);
    this.#state.dataset.state = status.state;
    this.#stop.hidden = !LIVE.includes(status.state);
    this.#resume.hidden = !isResumable(status);
    this.#openConfiguration.secondary = !failedAtOnce(status);
    for (const [id, text] of Object.entries(factsOf(status))) {
      setText(this.#facts.get(id)!, text);
    }
    this.#updateProgress(status);
    this.#updateFailure(status);
    setText(this.#announcement, `Run ${status.name}: ${status.state}.`);
  }

  #updateProgress(status: RunStatus): void {
    const percent = Math.round(runShare(status) * 1000) / 10;
    this.#fill.style.width = `${percent}%`;
    this.#fill.dataset.state = status.state;
    this.#progress.setAttribute('aria-valuenow', String(percent));
    const live = LIVE.includes(status.state);
    const share = status.progress > 0 && status.progress < 1 && status.activity !== 'training';
    setText(
      this.#activity,
      live ? `${status.activity}${share ? ` ${Math.round(status.progress * 100)} %` : ''}` : '',
    );
  }

  #updateFailure({ state, error }: RunStatus): void {
    const key = state === 'failed' ? JSON.stringify(error ?? '') : '';
    if (key === this.#shownFailure) {
      return;
    }
    this.#shownFailure = key;
    this.#failure.hidden = key === '';
    if (key === '') {
      return;
    }
    const place = formatPlace(error?.place ?? {});
    this.#failure.replaceChildren(
      element('strong', { id: 'failure-message' }, error?.message ?? 'The run failed without a message.'),
      ...(place ? [element('code', {}, place)] : []),
      element(
        'p',
        { id: 'failure-next-step' },
        error?.nextStep ?? 'See engine.log in the run folder for the reason.',
      ),
    );
  }
}
