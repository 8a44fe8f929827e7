import type { ParameterDescription, SettingsDescription } from '../../../engine/protocol/recordingProtocol';
import { element } from '../../dashboard/element';
import { checkedField, row, selectField, showValue } from '../elements/controls';
import { settle } from '../elements/fieldNote';
import { enteredValue, unitOf } from './enteredValue';

/** Values of a filter's or a representation's parameters. */
export type Settings = Readonly<Record<string, unknown>> & { readonly name: string };

/** Settings with every standard value filled in. @param given go before standards. */
export function standardSettings(
  { name, parameters }: SettingsDescription,
  given: Readonly<Record<string, unknown>> = {},
): Settings {
  const standards = parameters.flatMap(({ name: key, standard }) =>
    standard === undefined ? [] : [[key, standard] as const],
  );
  return { ...Object.fromEntries(standards), ...given, name };
}

/** What the choices of a switch are called. */
const SWITCH_TEXTS: Readonly<Record<string, string>> = { false: 'no', true: 'yes' };

/** "filter_time" as people read it. */
export function parameterTitle(name: string): string {
  return name.replaceAll('_', ' ');
}

/** Title and unit, as far as the help names one. */
function titleWithUnit(parameter: ParameterDescription): string {
  const unit = unitOf(parameter);
  return unit === undefined ? parameterTitle(parameter.name) : `${parameterTitle(parameter.name)}, ${unit}`;
}

/** Fields for the parameters of a filter or representation. */
export class SettingsForm {
  readonly root = element('div', { class: 'rows' });
  readonly #fields = new Map<string, HTMLInputElement | HTMLSelectElement>();
  #settings: Settings;

  /**
   * @param id starts the ids of the fields.
   * @param change takes the settings, or returns why they cannot be used.
   */
  constructor(
    id: string,
    private readonly description: SettingsDescription,
    settings: Settings,
    private readonly change: (settings: Settings) => string | undefined,
  ) {
    this.#settings = settings;
    for (const parameter of description.parameters) {
      const field = this.#field(`${id}-${parameter.name}`, parameter);
      field.title = parameter.help;
      this.#fields.set(parameter.name, field);
      this.root.append(row(titleWithUnit(parameter), field));
    }
    this.update(settings);
  }

  #field(id: string, parameter: ParameterDescription): HTMLInputElement | HTMLSelectElement {
    const label = `${this.description.title}: ${parameterTitle(parameter.name)}`;
    return parameter.choices
      ? selectField(
          id,
          label,
          parameter.choices.map((choice) => [choice, SWITCH_TEXTS[choice] ?? choice] as const),
          (choice) => {
            this.#set(parameter, choice === 'true' || choice === 'false' ? choice === 'true' : choice);
          },
        )
      : checkedField(id, label, (text) => this.#enter(parameter, text), {
          placeholder: '–',
          inputmode: unitOf(parameter) === 'µs' ? 'text' : 'decimal',
        });
  }

  /** Returns why the text is no value. */
  #enter(parameter: ParameterDescription, text: string): string | undefined {
    const entered = enteredValue(parameter, text);
    if ('problem' in entered) {
      return entered.problem;
    }
    return this.#set(parameter, entered.value);
  }

  #set(parameter: ParameterDescription, given: unknown): string | undefined {
    const { [parameter.name]: _old, ...rest } = this.#settings;
    const value = given ?? parameter.standard;
    const settings: Settings = { ...rest, name: this.description.name };
    return this.change(value === undefined ? settings : { ...settings, [parameter.name]: value });
  }

  update(settings: Settings): void {
    this.#settings = settings;
    for (const { name, standard } of this.description.parameters) {
      const field = this.#fields.get(name)!;
      const value = settings[name] ?? standard;
      const text = value === undefined ? '' : String(value);
      // What could not be used by itself may have become right: another way of slicing was given.
      if (field instanceof HTMLInputElement && field.value === text) {
        settle(field);
      }
      showValue(field, text);
    }
  }
}
