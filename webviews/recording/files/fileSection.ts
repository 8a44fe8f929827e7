import type { Found, OpenOptions } from '../../../engine/events/recording';
import { element } from '../../dashboard/element';
import type { EditorCommands, EditorModel, EditorPart } from '../editorModel';
import { checkField, row, section, selectField, showValue } from '../elements/controls';
import { capitalized } from '../text/capitalized';
import { countText, durationText, shortCount } from '../text/timeText';
import { formatTitle } from './formatTitle';

interface Fact {
  readonly name: string;
  readonly value: string;
  /** Where it was found. */
  readonly how?: string;
}

function fact<T>(name: string, found: Found<T> | undefined, text: (value: T) => string): Fact[] {
  return found ? [{ name, value: text(found.value), how: found.how }] : [];
}

function knownFacts({ summary, index }: EditorModel): Fact[] {
  const { info, fileSize, tracks } = summary;
  const seconds = index ? (index.last - index.first) / 1e6 : 0;
  return [
    ...fact('Format', info.format, (format) => capitalized(formatTitle(format))),
    ...fact('Version', info.version, String),
    ...fact('Sensor', info.sensor, String),
    ...fact('Size', info.size, ({ width, height }) => `${width} x ${height}`),
    { name: 'File', value: `${shortCount(fileSize)}B` },
    ...(index?.done
      ? [
          { name: 'Events', value: countText(index.events) },
          { name: 'ON events', value: countText(index.onEvents) },
          { name: 'Duration', value: durationText(index.last - index.first) },
          { name: 'Mean rate', value: `${shortCount(seconds > 0 ? index.events / seconds : 0)} events/s` },
          { name: 'First', value: `${countText(index.first)} µs` },
          { name: 'Last', value: `${countText(index.last)} µs` },
        ]
      : fact('Events', info.eventCount, countText)),
    ...tracks.map(({ name, count }) => ({
      name: 'Track',
      value: count === undefined ? name : `${name}: ${count}`,
    })),
    ...info.properties.map(([name, value]) => ({ name, value })),
  ];
}

const SWITCHES = [
  ['flipX', 'Mirror left and right'],
  ['flipY', 'Mirror top and bottom'],
  ['transpose', 'Swap columns and rows'],
  ['invertPolarity', 'Swap ON and OFF'],
] as const;

/** What the file says of itself and where, and how it is read. */
export class FileSection implements EditorPart {
  readonly root: HTMLElement;
  readonly #facts = element('dl', { class: 'facts' });
  readonly #stream: HTMLSelectElement;
  readonly #streamRow: HTMLElement;
  readonly #switches: ReadonlyMap<(typeof SWITCHES)[number][0], HTMLInputElement>;
  #shown = '';
  #options: OpenOptions = {};

  constructor(commands: EditorCommands) {
    this.#stream = selectField('stream', 'Stream of events', [], (stream) =>
      commands.setOptions({ ...this.#options, stream }),
    );
    this.#streamRow = row('Stream', this.#stream);
    const switches = SWITCHES.map(([key, text]) => {
      const field = checkField(`option-${key}`, text, (checked) =>
        commands.setOptions({ ...this.#options, [key]: checked }),
      );
      return { key, ...field };
    });
    this.#switches = new Map(switches.map(({ key, input }) => [key, input]));
    this.root = section(
      'file-section',
      'File',
      false,
      this.#facts,
      this.#streamRow,
      ...switches.map(({ row: line }) => line),
    );
  }

  update(model: EditorModel): void {
    const { summary } = model;
    this.#options = summary.options;
    const facts = knownFacts(model);
    const text = JSON.stringify(facts);
    if (text === this.#shown) {
      return;
    }
    this.#shown = text;
    this.#facts.replaceChildren(
      ...facts.map(({ name, value, how }) =>
        element(
          'div',
          { ...(how && { title: `Found: ${how}` }) },
          element('dt', {}, name),
          element('dd', {}, value, ...(how ? [element('span', { class: 'how faded' }, how)] : [])),
        ),
      ),
    );
    this.#streamRow.hidden = summary.info.streams.length < 2;
    this.#stream.replaceChildren(
      ...summary.info.streams.map((stream) => element('option', { value: stream }, stream)),
    );
    showValue(this.#stream, summary.info.stream);
    for (const [key, input] of this.#switches) {
      input.checked = summary.options[key] ?? false;
    }
  }
}
