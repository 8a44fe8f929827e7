import { element, setText } from '../../dashboard/element';

/** What is at a place of the timeline, in a box above it. */
export class HoverBox {
  readonly root = element('div', { class: 'hover-time', 'aria-hidden': 'true', hidden: true });

  /** @param place in pixels of a timeline that is `width` wide. */
  show(lines: readonly string[], place: number, width: number): void {
    this.root.hidden = false;
    setText(this.root, lines.join('\n'));
    const left = Math.max(0, Math.min(width - this.root.offsetWidth, place + 8));
    this.root.style.setProperty('transform', `translateX(${left}px)`);
  }

  hide(): void {
    this.root.hidden = true;
  }
}
