import { element, setText } from '../../dashboard/element';
import type { EditorCommands, EditorModel, EditorPart } from '../editorModel';
import type { TimeSpan } from '../pages/eventCache';
import { colorScheme } from '../picture/colorSchemes';
import { durationText, shortCount, timecode } from '../text/timeText';
import { laneCount, TimelineCanvas } from './timelineCanvas';
import { positionOf, timeAt, zoomSpan } from './timeScale';

/** The scrub bar: rate, labels, tracks and loaded ranges of the recording, the marks and the playhead. */
export class Timeline implements EditorPart {
  readonly root: HTMLElement;
  readonly #canvas = new TimelineCanvas(element('canvas', { class: 'rate-picture', 'aria-hidden': 'true' }));
  readonly #slider = element('div', {
    id: 'scrub-bar',
    class: 'scrub-bar',
    role: 'slider',
    tabindex: 0,
    'aria-label': 'Playhead',
    'aria-orientation': 'horizontal',
  });
  readonly #playhead = element('div', { class: 'playhead', 'aria-hidden': 'true' });
  readonly #slice = element('div', { class: 'shown-slice', 'aria-hidden': 'true' });
  readonly #marked = element('div', { class: 'marked', 'aria-hidden': 'true' });
  readonly #hover = element('div', { class: 'hover-time', 'aria-hidden': 'true' });
  #model: EditorModel | undefined;
  #span: TimeSpan | undefined;
  #drawn: readonly unknown[] = [];
  #scrubbing = false;
  /** Kept, because asking for it would lay the page out in every frame. */
  #width = 1;

  constructor(private readonly commands: EditorCommands) {
    this.#slider.append(this.#canvas.canvas, this.#marked, this.#slice, this.#playhead, this.#hover);
    this.root = element('section', { class: 'timeline', 'aria-label': 'Timeline' }, this.#slider);
    this.#hover.hidden = true;
    this.#listen();
    new ResizeObserver(() => {
      this.#width = this.#slider.clientWidth;
      this.redraw();
    }).observe(this.#slider);
  }

  /** Draws everything anew: size or colours have changed. */
  redraw(): void {
    this.#canvas.refreshTheme();
    this.#drawn = [];
    if (this.#model) {
      this.update(this.#model);
    }
  }

  /** Shows the part around the playhead closer, or the whole again. */
  zoom(factor: number | undefined): void {
    if (this.#model) {
      const whole = this.#whole(this.#model);
      const { time } = this.#model.player;
      this.#span = factor === undefined ? undefined : zoomSpan(this.#visible, whole, time, factor);
      this.redraw();
    }
  }

  #whole({ player }: EditorModel): TimeSpan {
    return { from: player.start, to: Math.max(player.end, player.start + 1) };
  }

  get #visible(): TimeSpan {
    return this.#span ?? this.#whole(this.#model!);
  }

  #timeOf(event: MouseEvent): number {
    const { left, width } = this.#slider.getBoundingClientRect();
    return Math.round(timeAt(event.clientX - left, this.#visible, width));
  }

  #listen(): void {
    const slider = this.#slider;
    slider.addEventListener('pointerdown', (event) => {
      if (this.#model && event.button === 0) {
        slider.setPointerCapture(event.pointerId);
        this.#scrubbing = true;
        this.commands.do({ type: 'seek', time: this.#timeOf(event) });
      }
    });
    slider.addEventListener('pointermove', (event) => this.#onMove(event));
    for (const end of ['pointerup', 'pointercancel'] as const) {
      slider.addEventListener(end, () => {
        this.#scrubbing = false;
      });
    }
    slider.addEventListener('pointerleave', () => {
      this.#hover.hidden = true;
    });
    slider.addEventListener('dblclick', () => this.zoom(undefined));
    slider.addEventListener(
      'wheel',
      (event) => {
        if (this.#model) {
          event.preventDefault();
          const factor = event.deltaY < 0 ? 0.8 : 1.25;
          this.#span = zoomSpan(this.#visible, this.#whole(this.#model), this.#timeOf(event), factor);
          this.redraw();
        }
      },
      { passive: false },
    );
  }

  #onMove(event: PointerEvent): void {
    if (!this.#model) {
      return;
    }
    const time = this.#timeOf(event);
    if (this.#scrubbing) {
      this.commands.do({ type: 'seek', time });
    }
    const { left, width } = this.#slider.getBoundingClientRect();
    this.#hover.hidden = false;
    setText(this.#hover, this.#hoverText(time));
    const place = Math.min(width - this.#hover.offsetWidth, Math.max(0, event.clientX - left + 8));
    this.#hover.style.setProperty('transform', `translateX(${place}px)`);
  }

  #hoverText(time: number): string {
    const { player, index } = this.#model!;
    const text = timecode(time - player.start);
    if (!index) {
      return text;
    }
    const { first, binMicroseconds, on, off } = index.rate;
    const bin = Math.floor((time - first) / binMicroseconds);
    const rate = ((on[bin] ?? 0) + (off[bin] ?? 0)) / (binMicroseconds / 1e6);
    return `${text} · ${shortCount(rate)} ev/s`;
  }

  update(model: EditorModel): void {
    this.#model = model;
    this.#follow(model);
    this.#slider.style.setProperty('--lanes', String(laneCount(model)));
    const span = this.#visible;
    const { player, shown, loaded, index, samples, summary, view } = model;
    const wanted = [
      span.from,
      span.to,
      loaded.map(({ from, to }) => `${from}-${to}`).join(),
      index,
      samples.size,
      summary,
      colorScheme(view.scheme).id,
      view.labels,
    ];
    if (wanted.some((part, position) => part !== this.#drawn[position])) {
      this.#drawn = wanted;
      this.#canvas.draw(model, span);
    }
    this.#place(this.#playhead, player.time);
    this.#place(this.#slice, shown.from, shown.to);
    const { markIn, markOut } = player;
    this.#marked.hidden = markIn === undefined && markOut === undefined;
    this.#place(this.#marked, markIn ?? player.start, markOut ?? player.end);
    this.#describe(model);
  }

  /** A zoomed timeline goes along with the playhead. */
  #follow({ player }: EditorModel): void {
    const span = this.#span;
    if (span && (player.time < span.from || player.time > span.to)) {
      const length = span.to - span.from;
      const whole = this.#whole(this.#model!);
      const from = Math.max(whole.from, Math.min(whole.to - length, player.time - length / 10));
      this.#span = { from, to: from + length };
    }
  }

  #place(mark: HTMLElement, from: number, to?: number): void {
    const width = this.#width;
    const left = positionOf(from, this.#visible, width);
    mark.style.setProperty('transform', `translateX(${left.toFixed(1)}px)`);
    if (to !== undefined) {
      const right = positionOf(to, this.#visible, width);
      mark.style.setProperty('width', `${Math.max(1, right - left).toFixed(1)}px`);
    }
  }

  #describe({ player }: EditorModel): void {
    const attributes = {
      'aria-valuemin': 0,
      'aria-valuemax': player.end - player.start,
      'aria-valuenow': player.time - player.start,
      'aria-valuetext': `${timecode(player.time - player.start)} of ${durationText(player.end - player.start)}`,
    };
    for (const [name, value] of Object.entries(attributes)) {
      this.#slider.setAttribute(name, String(value));
    }
  }
}
