import { element, setText } from '../../dashboard/element';
import type { EditorCommands, EditorModel, EditorPart } from '../editorModel';
import { icon } from '../elements/icon';

/** Tells what has become of the file or of its reader, and offers to read it again. */
export class NoticeBar implements EditorPart {
  readonly root = element('div', { id: 'notice', class: 'notice', role: 'alert', hidden: true });
  readonly #text = element('span', { class: 'notice-text' });

  constructor(commands: EditorCommands) {
    const again = element(
      'button',
      { type: 'button', id: 'read-again', class: 'text-button' },
      'Read the file again',
    );
    again.addEventListener('click', () => commands.readAgain());
    this.root.append(icon('warning'), this.#text, again);
  }

  update({ notice }: EditorModel): void {
    this.root.hidden = notice === undefined;
    setText(this.#text, notice?.message ?? '');
    // A file that is gone cannot be read; when it is back it has changed or is the same.
    this.root.querySelector('button')!.hidden = notice?.kind === 'deleted';
  }
}
