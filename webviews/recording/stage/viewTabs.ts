import { element } from '../../dashboard/element';
import type { EditorCommands, EditorModel, EditorPart } from '../editorModel';
import { VIEW_HELP, VIEW_KINDS, VIEW_TITLES, type ViewKind } from '../picture/pictureSettings';

/** One button per view; the keys 1 to 6 do the same. */
export class ViewTabs implements EditorPart {
  readonly root = element('div', { class: 'view-tabs', role: 'group', 'aria-label': 'View' });
  readonly #buttons: ReadonlyMap<ViewKind, HTMLButtonElement>;

  constructor(commands: EditorCommands) {
    this.#buttons = new Map(
      VIEW_KINDS.map((view, index) => {
        const title = `${VIEW_HELP[view]} (${index + 1})`;
        const button = element('button', { type: 'button', id: `view-${view}`, title }, VIEW_TITLES[view]);
        button.addEventListener('click', () => commands.setView({ view }));
        return [view, button] as const;
      }),
    );
    this.root.append(...this.#buttons.values());
  }

  update({ view }: EditorModel): void {
    for (const [kind, button] of this.#buttons) {
      button.setAttribute('aria-pressed', String(kind === view.view));
    }
  }
}
