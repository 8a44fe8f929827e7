import { element, setText } from '../../dashboard/element';
import { type Settings, SettingsForm, standardSettings } from '../controls/settingsForm';
import type { EditorCommands, EditorModel, EditorPart } from '../editorModel';
import { iconButton, section, selectField } from '../elements/controls';
import type { ChainStep } from '../viewState';
import { reductionText, totalText } from './reductionText';
import { startValues } from './startValues';

interface StepCard {
  readonly root: HTMLElement;
  readonly form: SettingsForm;
  readonly enabled: HTMLInputElement;
  readonly reduction: HTMLElement;
  readonly bar: HTMLElement;
}

/** The chain of filters in the order of application, each with its settings and what it drops. */
export class FilterSection implements EditorPart {
  readonly root: HTMLElement;
  readonly #list = element('ol', { class: 'chain', id: 'filter-chain', 'aria-label': 'Filter chain' });
  readonly #empty = element('p', { class: 'faded note' }, 'All events pass. Drag on the picture to crop it.');
  readonly #add: HTMLSelectElement;
  readonly #total = element('p', { class: 'note', id: 'filter-total' });
  #cards: StepCard[] = [];
  #shape = '';
  #model: EditorModel | undefined;
  #chain: readonly ChainStep[] = [];

  constructor(private readonly commands: EditorCommands) {
    this.#add = selectField('add-filter', 'Add a filter', [['', 'Add a filter…']], (name) =>
      this.#addStep(name),
    );
    this.root = section('filter-section', 'Filters', true, this.#list, this.#empty, this.#total, this.#add);
  }

  #addStep(name: string): void {
    const model = this.#model;
    const description = model?.summary.filters.find((filter) => filter.name === name);
    this.#add.value = '';
    if (model && description) {
      const settings = standardSettings(description, startValues(name, model.sensor, model.index));
      this.#setChain([...this.#chain, { settings: settings as ChainStep['settings'], enabled: true }]);
    }
  }

  /** Kept at once: a second change may come before the first is shown. */
  #setChain(chain: readonly ChainStep[]): void {
    this.#chain = chain;
    this.commands.setView({ chain });
  }

  #replace(index: number, ...steps: readonly ChainStep[]): void {
    this.#setChain(this.#chain.toSpliced(index, 1, ...steps));
  }

  #move(index: number, by: 1 | -1): void {
    const chain = [...this.#chain];
    const [step] = chain.splice(index, 1);
    chain.splice(index + by, 0, step!);
    this.#setChain(chain);
    this.#cards[index + by]?.root.querySelector<HTMLElement>(by < 0 ? '.up' : '.down')?.focus();
  }

  #card(model: EditorModel, step: ChainStep, index: number): StepCard {
    const description = model.summary.filters.find(({ name }) => name === step.settings.name)!;
    const title = `${index + 1}. ${description.title}`;
    const form = new SettingsForm(`filter-${index}`, description, step.settings, (settings: Settings) => {
      this.#replace(index, { ...this.#chain[index]!, settings: settings as ChainStep['settings'] });
      return undefined;
    });
    const enabled = element('input', { type: 'checkbox', 'aria-label': `${title}: on` });
    enabled.addEventListener('change', () =>
      this.#replace(index, { ...this.#chain[index]!, enabled: enabled.checked }),
    );
    const up = iconButton(`filter-${index}-up`, 'up', `${title}: apply earlier`);
    const down = iconButton(`filter-${index}-down`, 'down', `${title}: apply later`);
    const remove = iconButton(`filter-${index}-remove`, 'clear', `${title}: remove`);
    up.classList.add('up');
    down.classList.add('down');
    up.disabled = index === 0;
    down.disabled = index === model.view.chain.length - 1;
    up.addEventListener('click', () => this.#move(index, -1));
    down.addEventListener('click', () => this.#move(index, 1));
    remove.addEventListener('click', () => this.#replace(index));
    const bar = element('span', { class: 'kept-bar' });
    const reduction = element('span', { class: 'reduction faded' });
    const root = element(
      'li',
      { class: 'step', title: description.help },
      element('div', { class: 'step-head' }, enabled, element('strong', {}, title), up, down, remove),
      form.root,
      element('div', { class: 'kept' }, element('span', { class: 'kept-track' }, bar), reduction),
    );
    return { root, form, enabled, reduction, bar };
  }

  update(model: EditorModel): void {
    this.#model = model;
    this.#chain = model.view.chain;
    const { view, summary } = model;
    if (this.#add.options.length === 1) {
      this.#add.append(
        ...summary.filters.map(({ name, title }) => element('option', { value: name }, title)),
      );
    }
    const shape = view.chain.map(({ settings }) => settings.name).join();
    if (shape !== this.#shape || this.#cards.length !== view.chain.length) {
      this.#shape = shape;
      this.#cards = view.chain.map((step, index) => this.#card(model, step, index));
      this.#list.replaceChildren(...this.#cards.map(({ root }) => root));
    }
    this.#empty.hidden = view.chain.length > 0;
    this.#list.hidden = view.chain.length === 0;
    this.#showSteps(model);
  }

  #showSteps({ view, reduction }: EditorModel): void {
    let active = 0;
    for (const [index, step] of view.chain.entries()) {
      const card = this.#cards[index]!;
      card.form.update(step.settings);
      card.enabled.checked = step.enabled;
      card.root.classList.toggle('off', !step.enabled);
      const before = reduction[active];
      active += step.enabled ? 1 : 0;
      const after = reduction[active];
      card.bar.style.setProperty(
        '--share',
        `${before && after !== undefined ? (after / before) * 100 : 100}%`,
      );
      setText(card.reduction, reductionText(step, before, after));
    }
    setText(this.#total, active > 0 ? totalText(reduction) : '');
    this.#total.hidden = active === 0;
  }
}
