import { element } from '../../dashboard/element';
import { parameterTitle, type Settings, SettingsForm, standardSettings } from '../controls/settingsForm';
import type { EditorCommands, EditorModel, EditorPart } from '../editorModel';
import { row, section, selectField, showValue } from '../elements/controls';
import type { NetworkSettings } from '../viewState';

/** What a representation needs that has no standard value. */
const START_VALUES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  TrainingFrames: { time_steps: 10, size: 48 },
  ToFrame: { n_time_bins: 10 },
};
const SIZES = [0, 28, 32, 34, 48, 64, 96, 128, 224];

/** Parameters of ToFrame of which exactly one is given. */
const SLICINGS = ['time_window', 'event_count', 'n_time_bins', 'n_event_bins'];

/** The new settings; a way of slicing that was just given replaces the one before. */
export function withOneSlicing(before: Readonly<Record<string, unknown>>, after: Settings): Settings {
  const given = SLICINGS.filter((key) => after[key] !== undefined);
  const newest = given.find((key) => before[key] !== after[key]) ?? given[0];
  const dropped = given.filter((key) => key !== newest);
  const kept = Object.entries(after).filter(([key]) => !dropped.includes(key));
  return { ...Object.fromEntries(kept), name: after.name };
}

/** Why settings without any way of slicing cannot be used; undefined where one is given, or none is needed. */
export function slicingProblem(settings: Settings): string | undefined {
  const isMissing = settings.name === 'ToFrame' && SLICINGS.every((key) => settings[key] === undefined);
  return isMissing ? `One of ${SLICINGS.map(parameterTitle).join(', ')} is needed.` : undefined;
}

/** Whether a representation says itself how large the network's pictures are: a second size would only confuse. */
export function hasOwnSize(representation: NetworkSettings['representation']): boolean {
  return 'size' in representation;
}

/** Which tensor the network gets: representation, its parameters, its size. */
export class NetworkSection implements EditorPart {
  readonly root: HTMLElement;
  readonly #kind: HTMLSelectElement;
  readonly #size: HTMLSelectElement;
  readonly #sizeRow: HTMLElement;
  readonly #form = element('div', { class: 'rows' });
  readonly #help = element('p', { class: 'faded note' });
  #current: { readonly name: string; readonly form: SettingsForm } | undefined;
  #model: EditorModel | undefined;

  constructor(private readonly commands: EditorCommands) {
    this.#kind = selectField('representation', 'Representation', [], (name) => this.#choose(name));
    this.#size = selectField(
      'network-size',
      'Size that the network gets',
      SIZES.map((size) => [String(size), `${size} x ${size}`] as const),
      (size) => this.#set({ sizePixels: Number(size) }),
    );
    this.#sizeRow = row('Network gets', this.#size);
    const kindRow = row('Representation', this.#kind);
    kindRow.classList.add('stacked');
    this.root = section(
      'network-section',
      'Network input',
      true,
      kindRow,
      this.#form,
      this.#sizeRow,
      this.#help,
    );
  }

  #set(part: Partial<NetworkSettings>): void {
    this.commands.setView({ network: { ...this.#model!.view.network, ...part } });
  }

  #choose(name: string): void {
    const description = this.#model?.summary.representations.find((each) => each.name === name);
    if (description) {
      const settings = standardSettings(description, START_VALUES[name]);
      const representation = settings as NetworkSettings['representation'];
      this.#set({ representation, ...(hasOwnSize(representation) && { sizePixels: 0 }) });
    }
  }

  update(model: EditorModel): void {
    this.#model = model;
    const { summary, view, sensor } = model;
    this.root.hidden = view.view !== 'network';
    if (this.#kind.options.length === 0) {
      this.#kind.append(
        ...summary.representations.map(({ name, title }) => element('option', { value: name }, title)),
      );
    }
    const { representation, sizePixels } = view.network;
    showValue(this.#kind, representation.name);
    this.#kind.title = this.#kind.selectedOptions[0]?.text ?? '';
    showValue(this.#size, String(sizePixels));
    this.#size.options[0]!.text = `${sensor.width} x ${sensor.height} (sensor)`;
    this.#sizeRow.hidden = hasOwnSize(representation) && sizePixels === 0;
    this.#showForm(model);
  }

  #showForm({ summary, view }: EditorModel): void {
    const { representation } = view.network;
    const description = summary.representations.find(({ name }) => name === representation.name);
    if (!description) {
      return;
    }
    if (this.#current?.name !== representation.name) {
      const form = new SettingsForm('tensor', description, representation, (settings: Settings) => {
        const problem = slicingProblem(settings);
        if (problem !== undefined) {
          return problem;
        }
        const chosen = withOneSlicing(this.#model!.view.network.representation, settings);
        this.#set({ representation: chosen as NetworkSettings['representation'] });
        return undefined;
      });
      this.#current = { name: representation.name, form };
      this.#form.replaceChildren(form.root);
      this.#help.textContent = description.help;
    }
    this.#current.form.update(representation);
  }
}
