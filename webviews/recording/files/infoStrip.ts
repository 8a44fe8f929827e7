import { element, setText } from '../../dashboard/element';
import type { EditorCommands, EditorModel, EditorPart } from '../editorModel';
import { iconButton } from '../elements/controls';
import { capitalized } from '../text/capitalized';
import { durationText, eventsText, percentText, shortCount } from '../text/timeText';
import { ExportMenu } from './exportMenu';
import { formatAndVersion } from './formatTitle';
import { warningTexts } from './warningBar';

interface Chip {
  readonly id: string;
  readonly text: string;
  readonly hint: string;
}

function chips({ summary, sensor, index }: EditorModel): Chip[] {
  const { info } = summary;
  const seconds = index ? (index.last - index.first) / 1e6 : 0;
  const events = index?.events ?? info.eventCount?.value;
  return [
    {
      id: 'format',
      text: capitalized(formatAndVersion(info.format.value, info.version?.value)),
      hint: `Format, found by ${info.format.how}`,
    },
    ...(info.sensor
      ? [{ id: 'sensor', text: info.sensor.value, hint: `Sensor, found by ${info.sensor.how}` }]
      : []),
    {
      id: 'size',
      text: `${sensor.width} × ${sensor.height}`,
      hint: `Size in pixels, found by ${info.size?.how ?? 'the events'}`,
    },
    ...(events === undefined
      ? []
      : [
          {
            id: 'events',
            text: `${shortCount(events)} ${events === 1 ? 'event' : 'events'}`,
            hint: eventsText(events),
          },
        ]),
    ...(seconds > 0 && index
      ? [{ id: 'length', text: durationText(index.last - index.first), hint: 'Duration' }]
      : []),
    // While the pass goes on, events are counted to where it is and the end is known from the container.
    ...(seconds > 0 && index?.done
      ? [
          { id: 'rate', text: `${shortCount(index.events / seconds)} ev/s`, hint: 'Mean event rate' },
          {
            id: 'on',
            text: `${percentText(index.onEvents / Math.max(1, index.events))} ON`,
            hint: 'Share of ON events',
          },
        ]
      : []),
  ];
}

/** The line at the top: what the file is, how far it has been read, and what can be done with it. */
export class InfoStrip implements EditorPart {
  readonly root: HTMLElement;
  readonly #chips = element('ul', { class: 'chips', 'aria-label': 'About the file' });
  readonly #warning = element('button', { type: 'button', class: 'warning-chip', id: 'warning-chip' });
  readonly #progress = element('progress', {
    id: 'index-progress',
    max: 1,
    'aria-label': 'Reading the recording',
  });
  readonly #inspector = iconButton('toggle-inspector', 'panel', 'Side panel', 'P');
  readonly #export: ExportMenu;
  #model: EditorModel | undefined;

  constructor(commands: EditorCommands) {
    this.#export = new ExportMenu(commands);
    const help = iconButton('show-help', 'help', 'Keys', '?');
    help.addEventListener('click', () => commands.showHelp());
    this.#warning.addEventListener('click', () =>
      commands.setView({ warnings: !this.#model?.view.warnings }),
    );
    this.#inspector.addEventListener('click', () =>
      commands.setView({ inspector: !this.#model?.view.inspector }),
    );
    this.root = element(
      'header',
      { class: 'info-strip' },
      this.#chips,
      this.#warning,
      this.#progress,
      element('div', { class: 'strip-actions' }, this.#export.root, help, this.#inspector),
    );
  }

  update(model: EditorModel): void {
    this.#model = model;
    const { index, view } = model;
    const wanted = chips(model);
    if (this.#chips.childElementCount !== wanted.length) {
      this.#chips.replaceChildren(...wanted.map(({ id }) => element('li', { id: `chip-${id}` })));
    }
    for (const [position, { id, text, hint }] of wanted.entries()) {
      const chip = this.#chips.children[position] as HTMLElement;
      chip.id = `chip-${id}`;
      chip.title = hint;
      setText(chip, text);
    }
    const warnings = warningTexts(index);
    this.#warning.hidden = warnings.length === 0;
    this.#warning.title = warnings.map(capitalized).join('\n');
    this.#warning.setAttribute('aria-expanded', String(view.warnings));
    setText(this.#warning, `${warnings.length} warning${warnings.length === 1 ? '' : 's'}`);
    this.#progress.hidden = index === undefined || index.done || index.failure !== undefined;
    this.#progress.value = index?.fraction ?? 0;
    this.#inspector.setAttribute('aria-pressed', String(view.inspector));
    this.#export.update(model);
  }
}
