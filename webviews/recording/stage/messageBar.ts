import { element } from '../../dashboard/element';
import { iconButton } from '../elements/controls';

/** Keys that begin no action of their own. */
const PASSIVE_KEYS = ['Tab', 'Shift', 'Control', 'Alt', 'Meta'];

/** What went wrong, over the picture, until it is closed or the user does something else. */
export class MessageBar {
  readonly root = element('div', { class: 'message', role: 'alert', id: 'message', hidden: true });
  readonly #text = element('span', { class: 'notice-text' });

  constructor() {
    const close = iconButton('close-message', 'clear', 'Close the message', 'Esc');
    close.addEventListener('click', () => {
      this.tell(undefined);
      document.getElementById('viewport')?.focus();
    });
    this.root.append(this.#text, close);
    const isOutside = ({ target }: Event) => !(target instanceof Node && this.root.contains(target));
    const leave = (event: Event) => isOutside(event) && this.tell(undefined);
    document.addEventListener('click', leave, { capture: true });
    document.addEventListener('change', leave, { capture: true });
    document.addEventListener(
      'keydown',
      (event) => {
        const acts = !PASSIVE_KEYS.includes(event.key) && !event.ctrlKey && !event.metaKey;
        if (event.key === 'Escape' || (acts && isOutside(event))) {
          this.tell(undefined);
        }
      },
      { capture: true },
    );
  }

  /** @param text undefined: all is well again. */
  tell(text: string | undefined): void {
    this.root.hidden = text === undefined;
    this.#text.textContent = text ?? '';
  }
}
