import { formatPlace } from '../../../engine/errors';
import type { IndexProgress } from '../../../engine/protocol/recordingProtocol';
import { element } from '../../dashboard/element';
import type { EditorCommands, EditorModel, EditorPart } from '../editorModel';
import { iconButton } from '../elements/controls';
import { capitalized } from '../text/capitalized';
import { countText } from '../text/timeText';

/** Everything that is wrong with the file as far as it has been read, each in a sentence or two with its place. */
export function warningTexts(index: IndexProgress | undefined): readonly string[] {
  const { warnings = [], failure } = index ?? {};
  const found = warnings.map(({ message, byteOffset, count }) => {
    const place = byteOffset === undefined ? '' : ` (byte ${countText(byteOffset)})`;
    return `${message}${place}${count > 1 ? `, ${countText(count)} times` : ''}`;
  });
  const { byteOffset } = failure?.place ?? {};
  const where = byteOffset === undefined ? '' : formatPlace({ byteOffset });
  return failure
    ? [`Reading has ended early: ${failure.message}${where}. ${failure.nextStep}`, ...found]
    : found;
}

/** The warnings below the strip, until they are closed; the strip opens them again. */
export class WarningBar implements EditorPart {
  readonly root = element('section', { id: 'warnings', class: 'notice', 'aria-label': 'Warnings' });
  readonly #list = element('ul', { class: 'warnings', id: 'file-warnings' });
  #shown = '';

  constructor(commands: EditorCommands) {
    const close = iconButton('close-warnings', 'clear', 'Close the warnings');
    close.addEventListener('click', () => commands.setView({ warnings: false }));
    this.root.append(this.#list, close);
  }

  update({ index, view }: EditorModel): void {
    const texts = warningTexts(index);
    this.root.hidden = texts.length === 0 || !view.warnings;
    const shown = texts.join('\n');
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#list.replaceChildren(...texts.map((text) => element('li', {}, capitalized(text))));
    }
  }
}
