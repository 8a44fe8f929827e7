import type { ExportFormat } from '../../../engine/protocol/recordingProtocol';
import { element, setText } from '../../dashboard/element';
import type { EditorCommands, EditorModel, EditorPart } from '../editorModel';
import { icon } from '../elements/icon';
import { durationText } from '../text/timeText';
import { activeChain } from '../viewState';
import { exportedRange } from './exportedRange';

/** The button and menu of everything that can be taken out of the editor. */
export class ExportMenu implements EditorPart {
  readonly root: HTMLElement;
  readonly #button = element('button', {
    type: 'button',
    id: 'export',
    class: 'text-button',
    'aria-haspopup': 'menu',
    'aria-expanded': 'false',
  });
  readonly #menu = element('div', { class: 'menu', role: 'menu', id: 'export-menu', 'aria-label': 'Export' });
  readonly #range = element('p', { class: 'menu-note', role: 'presentation' });

  #formats: readonly ExportFormat[] = [];
  readonly #items = new Map<string, HTMLButtonElement>();

  constructor(private readonly commands: EditorCommands) {
    this.#button.append(icon('export'), 'Export');
    this.#menu.hidden = true;
    this.#add('picture', 'Picture of the view (PNG)', () => commands.exportPicture());
    this.#add('fragment', 'Filters and network input as run configuration', () =>
      commands.copyConfiguration(),
    );
    this.#menu.append(this.#range);
    this.root = element('div', { class: 'menu-anchor' }, this.#button, this.#menu);
    this.#button.addEventListener('click', () => this.#show(this.#menu.hidden === true));
    this.root.addEventListener('keydown', (event) => this.#onKey(event));
    this.root.addEventListener('focusout', (event) => {
      if (!this.root.contains(event.relatedTarget as Node | null)) {
        this.#show(false);
      }
    });
  }

  #add(name: string, text: string, run: () => void): HTMLButtonElement {
    const item = element(
      'button',
      { type: 'button', role: 'menuitem', id: `export-${name}`, tabindex: -1 },
      text,
    );
    item.addEventListener('click', () => {
      if (item.getAttribute('aria-disabled') === 'true') {
        return;
      }
      this.#show(false);
      this.#button.focus();
      run();
    });
    this.#menu.append(item);
    return item;
  }

  #show(open: boolean): void {
    this.#menu.hidden = !open;
    this.#button.setAttribute('aria-expanded', String(open));
    if (open) {
      this.#menu.querySelector('button')?.focus();
    }
  }

  #onKey(event: KeyboardEvent): void {
    if (this.#menu.hidden) {
      return;
    }
    const items = [...this.#menu.querySelectorAll('button')];
    const current = items.indexOf(document.activeElement as HTMLButtonElement);
    const targets: Record<string, number> = {
      ArrowDown: (current + 1) % items.length,
      ArrowUp: (current - 1 + items.length) % items.length,
      Home: 0,
      End: items.length - 1,
    };
    if (event.key === 'Escape') {
      this.#show(false);
      this.#button.focus();
    }
    items[targets[event.key] ?? -1]?.focus();
    if (event.key !== 'Tab') {
      // Keys of the player rest while the menu is open.
      event.stopPropagation();
    }
    if (event.key in targets) {
      event.preventDefault();
    }
  }

  update(model: EditorModel): void {
    if (this.#formats.length !== model.summary.exportFormats.length) {
      this.#formats = model.summary.exportFormats;
      for (const format of this.#formats) {
        const item = this.#add(format.name, format.title, () => this.commands.exportRange(format));
        this.#items.set(format.name, item);
      }
    }
    const isCropped = activeChain(model.view).some(({ name }) => name === 'Crop');
    for (const { name, title, unfit } of this.#formats) {
      const reason = isCropped ? undefined : unfit;
      const item = this.#items.get(name)!;
      item.setAttribute('aria-disabled', String(reason !== undefined));
      setText(item, reason ? `${title}: ${reason}` : title);
    }
    const { from, to, marked } = exportedRange(model.player);
    const what = marked ? 'Between the marks' : 'Whole recording';
    setText(this.#range, `${what}: ${durationText(to - from)}, filters applied`);
  }
}
