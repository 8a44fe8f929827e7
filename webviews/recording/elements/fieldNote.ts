import { element } from '../../dashboard/element';

const NOTE_MS = 8000;
const DISTANCE = 4;

const notes = new WeakMap<HTMLElement, HTMLElement>();

function noteOf(field: HTMLElement): HTMLElement {
  const known = notes.get(field);
  if (known) {
    return known;
  }
  const note = element('span', {
    id: `${field.id}-note`,
    class: 'field-note',
    popover: 'manual',
    role: 'alert',
  });
  notes.set(field, note);
  field.after(note);
  field.setAttribute('aria-describedby', note.id);
  return note;
}

/** Above the field where there is room, else below it; within the window. */
function place(note: HTMLElement, field: HTMLElement): void {
  const box = field.getBoundingClientRect();
  const { width, height } = note.getBoundingClientRect();
  const left = Math.max(DISTANCE, Math.min(box.left, window.innerWidth - width - DISTANCE));
  const above = box.top - height - DISTANCE;
  note.style.setProperty('left', `${left}px`);
  note.style.setProperty('top', `${above >= 0 ? above : box.bottom + DISTANCE}px`);
}

/** Says something at a field, for a while. */
export function showNote(field: HTMLElement, text: string): void {
  const note = noteOf(field);
  note.textContent = text;
  note.showPopover();
  place(note, field);
  const end = new AbortController();
  const hide = () => {
    end.abort();
    if (note.textContent === text) {
      note.hidePopover();
    }
  };
  // It would stay where it is while its field goes elsewhere.
  document.addEventListener('scroll', hide, { capture: true, signal: end.signal });
  window.addEventListener('resize', hide, { signal: end.signal });
  setTimeout(hide, NOTE_MS);
}

/** Marks what is in a field as no valid value and says why. */
export function complain(field: HTMLInputElement, problem: string): void {
  field.setAttribute('aria-invalid', 'true');
  showNote(field, problem);
}

/** What is in the field is valid, or is being corrected. */
export function settle(field: HTMLInputElement): void {
  field.removeAttribute('aria-invalid');
  const note = notes.get(field);
  if (note) {
    note.hidePopover();
    note.textContent = '';
  }
}

/** Whether the field holds what was typed and could not be used. */
export function isInvalid(field: Element): boolean {
  return field.getAttribute('aria-invalid') === 'true';
}
