import { element } from '../../dashboard/element';
import { iconButton } from '../elements/controls';
import { KEY_BINDINGS, PICTURE_KEYS } from './keyboard';

/** The list of all keys, over the editor. */
export class KeyHelp {
  readonly root = element('dialog', {
    id: 'key-help',
    class: 'key-help',
    'aria-labelledby': 'key-help-title',
  });

  constructor() {
    const close = iconButton('close-help', 'clear', 'Close', 'Esc');
    close.addEventListener('click', () => this.root.close());
    const entries = [...KEY_BINDINGS.map(({ shown, text }) => [shown, text] as const), ...PICTURE_KEYS];
    this.root.append(
      element('div', { class: 'help-head' }, element('h2', { id: 'key-help-title' }, 'Keys'), close),
      element(
        'dl',
        { class: 'keys' },
        ...entries.map(([shown, text]) =>
          element('div', {}, element('dt', {}, element('kbd', {}, shown)), element('dd', {}, text)),
        ),
      ),
    );
    this.root.addEventListener('keydown', (event) => event.stopPropagation());
  }

  show(): void {
    if (!this.root.open) {
      this.root.showModal();
    }
  }
}
