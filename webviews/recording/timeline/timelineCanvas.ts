import type { ImuSample, TrackSample } from '../../../engine/events/tracks';
import type { RecordingLabels } from '../../../engine/protocol/recordingProtocol';
import { withOpacity } from '../../plotting/colors';
import { type PlotTheme, readTheme } from '../../plotting/theme';
import type { EditorModel } from '../editorModel';
import type { TimeSpan } from '../pages/eventCache';
import { colorScheme, cssColor } from '../picture/colorSchemes';
import { timecode } from '../text/timeText';
import { rateColumns } from './rateColumns';
import { positionOf, tickDistance } from './timeScale';

const RULER = 16;
const LANE = 14;
const LOADED = 3;
const TICK_WIDTH = 96;
const LARGEST_ACCELERATION = 2;

function intervalsOf(files: readonly RecordingLabels[]) {
  return files.flatMap(({ labels }) => labels.filter((label) => label.kind === 'interval'));
}

/** How many lanes lie above the rate: one for labels, one for each track that holds something. */
export function laneCount({ summary, view, samples }: EditorModel): number {
  return samples.size + (view.labels && intervalsOf(summary.labels).length > 0 ? 1 : 0);
}

/** Everything of the timeline that is drawn: labels, tracks, rate, ruler, what is loaded. */
export class TimelineCanvas {
  readonly #context: CanvasRenderingContext2D | null;
  #theme: PlotTheme = readTheme();

  constructor(readonly canvas: HTMLCanvasElement) {
    this.#context = canvas.getContext('2d');
  }

  /** Call it after the colours of VS Code have changed. */
  refreshTheme(): void {
    this.#theme = readTheme();
  }

  draw(model: EditorModel, span: TimeSpan): void {
    const context = this.#context;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const scale = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    if (!context || width === 0) {
      return;
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    let top = 0;
    top = this.#drawLabels(context, model.view.labels ? model.summary.labels : [], span, width, top);
    for (const samples of model.samples.values()) {
      this.#drawTrack(context, samples, span, width, top);
      top += LANE;
    }
    this.#drawRate(context, model, span, width, top, height - RULER - LOADED);
    this.#drawLoaded(context, model, span, width, height - RULER - LOADED);
    this.#drawRuler(context, model, span, width, height);
  }

  #drawLabels(
    context: CanvasRenderingContext2D,
    files: readonly RecordingLabels[],
    span: TimeSpan,
    width: number,
    top: number,
  ): number {
    const intervals = intervalsOf(files);
    if (intervals.length === 0) {
      return top;
    }
    const { sequence, text } = this.#theme;
    context.font = `10px ${this.#theme.fontFamily}`;
    context.textBaseline = 'middle';
    for (const [index, { name, from, to }] of intervals.entries()) {
      const left = positionOf(from, span, width);
      const right = positionOf(to, span, width);
      const color = sequence[index % sequence.length];
      context.fillStyle = color ? `rgb(${color.join(' ')} / 35%)` : this.#theme.grid;
      context.fillRect(left, top + 1, Math.max(1, right - left - 1), LANE - 2);
      if (right - left > 20) {
        context.fillStyle = text;
        context.fillText(name, Math.max(left, 0) + 4, top + LANE / 2, right - Math.max(left, 0) - 6);
      }
    }
    return top + LANE;
  }

  #drawTrack(
    context: CanvasRenderingContext2D,
    samples: readonly TrackSample[],
    span: TimeSpan,
    width: number,
    top: number,
  ): void {
    const { colors } = this.#theme;
    context.fillStyle = colors.yellow;
    for (const { t, kind } of samples) {
      if (kind === 'trigger') {
        context.fillRect(positionOf(t, span, width), top + 2, 1.5, LANE - 4);
      } else if (kind === 'frame') {
        context.fillRect(positionOf(t, span, width), top + LANE - 4, 1, 3);
      }
    }
    const motion = samples.filter((sample): sample is ImuSample => sample.kind === 'imu');
    for (const [axis, color] of [colors.red, colors.green, colors.blue].entries()) {
      context.strokeStyle = color;
      context.lineWidth = 1;
      context.beginPath();
      for (const { t, acceleration } of motion) {
        const share = Math.max(-1, Math.min(1, acceleration[axis]! / LARGEST_ACCELERATION));
        context.lineTo(positionOf(t, span, width), top + LANE / 2 - (share * (LANE - 2)) / 2);
      }
      context.stroke();
    }
  }

  #drawRate(
    context: CanvasRenderingContext2D,
    { index, view }: EditorModel,
    span: TimeSpan,
    width: number,
    top: number,
    bottom: number,
  ): void {
    if (!index) {
      return;
    }
    const { on, off, most } = rateColumns(index.rate, span, Math.max(1, Math.round(width)));
    const middle = (top + bottom) / 2;
    const half = (bottom - top) / 2 - 2;
    const scheme = colorScheme(view.scheme);
    const { highContrast, colors } = this.#theme;
    const polarity = scheme.coloring.kind === 'polarity' && !highContrast;
    // Black or white polarity colours would vanish on some themes' background.
    const readable = polarity && scheme.id !== 'grey' && scheme.id !== 'night';
    for (const [values, color, direction] of [
      [on, readable ? cssColor(scheme.on) : colors.blue, -1],
      [off, readable ? cssColor(scheme.off) : colors.red, 1],
    ] as const) {
      context.fillStyle = color;
      context.beginPath();
      context.moveTo(0, middle);
      values.forEach((value, column) => {
        const length = most > 0 ? (value / most) * half : 0;
        context.lineTo(column, middle + direction * length);
        context.lineTo(column + 1, middle + direction * length);
      });
      context.lineTo(width, middle);
      context.fill();
    }
    context.fillStyle = this.#theme.grid;
    context.fillRect(0, middle - 0.5, width, 1);
  }

  #drawLoaded(
    context: CanvasRenderingContext2D,
    { loaded }: EditorModel,
    span: TimeSpan,
    width: number,
    top: number,
  ): void {
    context.fillStyle = this.#theme.grid;
    context.fillRect(0, top, width, LOADED);
    context.fillStyle = this.#theme.colors.green;
    for (const { from, to } of loaded) {
      const left = positionOf(from, span, width);
      context.fillRect(left, top, Math.max(1, positionOf(to, span, width) - left), LOADED);
    }
  }

  #drawRuler(
    context: CanvasRenderingContext2D,
    { player }: EditorModel,
    span: TimeSpan,
    width: number,
    height: number,
  ): void {
    const distance = tickDistance(span, width / TICK_WIDTH);
    const first = Math.ceil((span.from - player.start) / distance) * distance;
    context.font = `10px ${this.#theme.fontFamily}`;
    context.textBaseline = 'alphabetic';
    for (let offset = first; player.start + offset <= span.to; offset += distance) {
      const position = positionOf(player.start + offset, span, width);
      context.fillStyle = this.#theme.grid;
      context.fillRect(position, height - RULER, 1, 5);
      context.fillStyle = withOpacity(this.#theme.fadedText, 1);
      const text = distance >= 1000 ? timecode(offset).slice(0, -4) : timecode(offset);
      if (position + 60 < width) {
        context.fillText(text, position + 4, height - 4);
      }
    }
  }
}
