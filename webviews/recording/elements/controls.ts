import { element } from '../../dashboard/element';
import { complain, isInvalid, settle } from './fieldNote';
import { type IconName, icon } from './icon';

/** A button that shows a picture; its name is read out and shown as a hint, with the key that does the same. */
export function iconButton(id: string, name: IconName, label: string, key = ''): HTMLButtonElement {
  const button = element('button', {
    type: 'button',
    id,
    class: 'icon-button',
    'aria-label': label,
    title: key ? `${label} (${key})` : label,
  });
  button.append(icon(name));
  return button;
}

/** A field that people type into; `change` runs when they are done (Enter or leaving it). */
export function textField(
  id: string,
  label: string,
  change: (text: string) => void,
  attributes: Readonly<Record<string, string | number>> = {},
): HTMLInputElement {
  const input = element('input', { type: 'text', id, class: 'field', 'aria-label': label, ...attributes });
  input.autocomplete = 'off';
  input.spellcheck = false;
  input.addEventListener('change', () => change(input.value));
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      input.blur();
    }
  });
  return input;
}

/**
 * A field whose text may be no valid value: then `change` returns why, which is said, and the text stays until it is
 * corrected or taken back (Escape).
 */
export function checkedField(
  id: string,
  label: string,
  change: (text: string) => string | undefined,
  attributes: Readonly<Record<string, string | number>> = {},
): HTMLInputElement {
  const check = (text: string): void => {
    const problem = change(text);
    if (problem === undefined) {
      settle(input);
    } else {
      complain(input, problem);
    }
  };
  const input = textField(id, label, check, attributes);
  input.addEventListener('input', () => settle(input));
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      settle(input);
      input.value = input.dataset.shown ?? '';
      input.blur();
    } else if (event.key === 'Enter' && isInvalid(input)) {
      input.focus();
    }
  });
  return input;
}

/** A choice of named values. */
export function selectField<Value extends string>(
  id: string,
  label: string,
  options: readonly (readonly [value: Value, text: string])[],
  change: (value: Value) => void,
): HTMLSelectElement {
  const select = element('select', { id, class: 'field', 'aria-label': label });
  for (const [value, text] of options) {
    select.append(element('option', { value }, text));
  }
  select.addEventListener('change', () => change(select.value as Value));
  return select;
}

/** A box to tick with its text. */
export function checkField(
  id: string,
  text: string,
  change: (checked: boolean) => void,
): { readonly row: HTMLElement; readonly input: HTMLInputElement } {
  const input = element('input', { type: 'checkbox', id });
  input.addEventListener('change', () => change(input.checked));
  return { row: element('label', { class: 'check', for: id }, input, element('span', {}, text)), input };
}

/** A control with its visible name in front. */
export function row(text: string, ...controls: readonly (HTMLElement | string)[]): HTMLElement {
  return element(
    'div',
    { class: 'row' },
    element('span', { class: 'row-label', 'aria-hidden': 'true' }, text),
    element('span', { class: 'row-controls' }, ...controls),
  );
}

/** A part of the side panel that can be folded. */
export function section(id: string, title: string, open: boolean, ...children: readonly Node[]): HTMLElement {
  const details = element('details', { id, class: 'section', open });
  details.append(element('summary', {}, element('h2', {}, title)));
  details.append(element('div', { class: 'section-body' }, ...children));
  return details;
}

/** Shows a value unless the user is typing one, or has typed one that is not valid. */
export function showValue(input: HTMLInputElement | HTMLSelectElement, value: string): void {
  input.dataset.shown = value;
  if (input.value !== value && document.activeElement !== input && !isInvalid(input)) {
    input.value = value;
  }
}
