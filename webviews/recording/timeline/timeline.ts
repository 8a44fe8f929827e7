import { element } from '../../dashboard/element';
import type { EditorCommands, EditorModel, EditorPart } from '../editorModel';
import type { TimeSpan } from '../pages/eventCache';
import { colorScheme } from '../picture/colorSchemes';
import { isPlaying } from '../player/playerState';
import { durationText, timecode } from '../text/timeText';
import { HoverBox } from './hoverBox';
import { LaneNames } from './laneNames';
import { type Lane, laneAt, lanesOf, rateText } from './lanes';
import { snappedTime } from './marks';
import { momentDetails, momentLines } from './momentText';
import { rateColumns } from './rateColumns';
import { TimelineCanvas } from './timelineCanvas';
import { positionOf, timeAt, zoomSpan } from './timeScale';

/** A click this near to a mark goes there, in pixels. */
const REACH = 5;

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
  readonly #hover = new HoverBox();
  readonly #names = new LaneNames();
  #model: EditorModel | undefined;
  #span: TimeSpan | undefined;
  #drawn: readonly unknown[] = [];
  #lanes: readonly Lane[] = [];
  /** The lane that scrubbing began in. */
  #scrubbed: { readonly lane: Lane | undefined } | undefined;
  #hovered = false;
  #followed = Number.NaN;
  /** Kept, because asking for it would lay the page out in every frame. */
  #width = 1;

  constructor(private readonly commands: EditorCommands) {
    // The playhead's head reaches over both ends.
    const clipped = element(
      'div',
      { class: 'scrub-picture' },
      this.#canvas.canvas,
      this.#marked,
      this.#slice,
    );
    this.#slider.append(clipped, this.#playhead, this.#hover.root);
    this.root = element(
      'section',
      { class: 'timeline', 'aria-label': 'Timeline' },
      this.#names.root,
      this.#slider,
    );
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

  /** Recording time of some pixels of the timeline. */
  get #reach(): number {
    const { from, to } = this.#visible;
    return (REACH / this.#width) * (to - from);
  }

  #listen(): void {
    const slider = this.#slider;
    slider.addEventListener('pointerdown', (event) => {
      if (this.#model && event.button === 0) {
        slider.setPointerCapture(event.pointerId);
        this.#scrubbed = { lane: laneAt(this.#lanes, event.clientY - slider.getBoundingClientRect().top) };
        this.#scrub(event);
      }
    });
    slider.addEventListener('pointermove', (event) => this.#onMove(event));
    for (const end of ['pointerup', 'pointercancel'] as const) {
      slider.addEventListener(end, () => {
        this.#scrubbed = undefined;
      });
    }
    slider.addEventListener('pointerleave', () => {
      this.#hovered = false;
      this.#showPlayhead();
    });
    for (const change of ['focus', 'blur', 'keydown'] as const) {
      slider.addEventListener(change, () => this.#showPlayhead());
    }
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

  #scrub(event: PointerEvent): void {
    const time = snappedTime(this.#scrubbed?.lane, this.#timeOf(event), this.#reach);
    this.commands.do({ type: 'seek', time });
  }

  #onMove(event: PointerEvent): void {
    if (!this.#model) {
      return;
    }
    if (this.#scrubbed) {
      this.#scrub(event);
    }
    const { left, width } = this.#slider.getBoundingClientRect();
    this.#hovered = true;
    const lines = momentLines(this.#model, this.#timeOf(event), this.#reach);
    this.#hover.show(lines, event.clientX - left, width);
  }

  /** Tells what is at the playhead while the keyboard moves it and no pointer asks for another place. */
  #showPlayhead(): void {
    if (this.#hovered) {
      return;
    }
    const { player } = this.#model ?? {};
    if (player && !isPlaying(player) && this.#slider.matches(':focus-visible')) {
      const place = positionOf(player.time, this.#visible, this.#width);
      this.#hover.show(momentLines(this.#model!, player.time, this.#reach), place, this.#width);
    } else {
      this.#hover.hide();
    }
  }

  update(model: EditorModel): void {
    this.#model = model;
    this.#follow(model);
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
      this.#draw(model, span);
    }
    this.#place(this.#playhead, player.time);
    this.#playhead.hidden = player.time < span.from || player.time > span.to;
    this.#place(this.#slice, shown.from, shown.to);
    const { markIn, markOut } = player;
    this.#marked.hidden = markIn === undefined && markOut === undefined;
    this.#place(this.#marked, markIn ?? player.start, markOut ?? player.end);
    this.#describe(model);
    this.#showPlayhead();
  }

  #draw(model: EditorModel, span: TimeSpan): void {
    const { index } = model;
    this.#lanes = lanesOf(model);
    const height = this.#lanes.reduce((sum, lane) => sum + lane.height, 0);
    this.root.style.setProperty('--lanes-height', `${height}px`);
    const rate = index && rateColumns(index.rate, span, Math.max(1, Math.round(this.#width)));
    this.#names.update(this.#lanes, rate && rateText(rate, index.rate.binMicroseconds));
    this.#canvas.draw(model, { span, lanes: this.#lanes, rate });
  }

  /** A zoomed timeline goes along with the playhead when that moves. */
  #follow({ player }: EditorModel): void {
    const span = this.#span;
    const moved = player.time !== this.#followed;
    this.#followed = player.time;
    if (span && moved && (player.time < span.from || player.time > span.to)) {
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

  #describe(model: EditorModel): void {
    const { player } = model;
    const details = isPlaying(player) ? [] : momentDetails(model, player.time, this.#reach);
    const place = `${timecode(player.time - player.start)} of ${durationText(player.end - player.start)}`;
    const attributes = {
      'aria-valuemin': 0,
      'aria-valuemax': player.end - player.start,
      'aria-valuenow': player.time - player.start,
      'aria-valuetext': [place, ...details].join('; '),
    };
    for (const [name, value] of Object.entries(attributes)) {
      this.#slider.setAttribute(name, String(value));
    }
  }
}
