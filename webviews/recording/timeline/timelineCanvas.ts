import type { NumberedSample, TimeLabel } from '../../../engine/protocol/recordingProtocol';
import { withOpacity } from '../../plotting/colors';
import { type PlotTheme, readTheme } from '../../plotting/theme';
import type { EditorModel } from '../editorModel';
import type { TimeSpan } from '../pages/eventCache';
import { colorScheme, cssColor } from '../picture/colorSchemes';
import { timecode } from '../text/timeText';
import type { Lane } from './lanes';
import type { RateColumns } from './rateColumns';
import { positionOf, tickDistance } from './timeScale';
import { valueColumns } from './valueColumns';

const RULER = 16;
const LOADED = 3;
const TICK_WIDTH = 96;
/** A name that would be squeezed more is not written. */
const NARROWEST_LABEL = 24;

/** What is drawn beside the model. */
export interface TimelineDrawing {
  readonly span: TimeSpan;
  readonly lanes: readonly Lane[];
  readonly rate: RateColumns | undefined;
}

/** A strip of the canvas. */
interface Strip {
  readonly top: number;
  readonly height: number;
  readonly width: number;
  readonly span: TimeSpan;
}

/** A text that fits into a width: its end gives way to an ellipsis. */
export function shortened(text: string, width: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= width) {
    return text;
  }
  for (let length = text.length - 1; length > 0; length--) {
    const short = `${text.slice(0, length).trimEnd()}…`;
    if (widthOf(short) <= width) {
      return short;
    }
  }
  return '';
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

  draw(model: EditorModel, { span, lanes, rate }: TimelineDrawing): void {
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
    for (const lane of lanes) {
      this.#drawLane(context, lane, { top, height: lane.height, width, span });
      top += lane.height;
    }
    const bottom = height - RULER - LOADED;
    if (rate) {
      this.#drawRate(context, model, rate, { top, height: bottom - top, width, span });
    }
    this.#drawLoaded(context, model, span, width, bottom);
    this.#drawRuler(context, model, span, width, height);
  }

  #drawLane(context: CanvasRenderingContext2D, lane: Lane, strip: Strip): void {
    if (lane.kind === 'labels') {
      this.#drawLabels(context, lane.labels, strip);
    } else if (lane.kind === 'imu') {
      this.#drawMotion(context, lane, strip);
    } else {
      this.#drawMarks(context, lane.samples, strip);
    }
    context.fillStyle = this.#theme.grid;
    context.fillRect(0, strip.top + strip.height - 1, strip.width, 1);
  }

  #drawLabels(
    context: CanvasRenderingContext2D,
    labels: readonly TimeLabel[],
    { top, height, width, span }: Strip,
  ): void {
    const { sequence, text } = this.#theme;
    context.font = `11px ${this.#theme.fontFamily}`;
    context.textBaseline = 'middle';
    for (const [index, { name, from, to }] of labels.entries()) {
      const left = Math.max(0, positionOf(from, span, width));
      const right = Math.min(width, positionOf(to, span, width));
      if (right < 0 || left > width) {
        continue;
      }
      const color = sequence[index % sequence.length];
      context.fillStyle = color ? `rgb(${color.join(' ')} / 35%)` : this.#theme.grid;
      context.fillRect(left, top + 1, Math.max(1, right - left - 1), height - 3);
      context.fillStyle = color ? cssColor(color) : text;
      context.fillRect(left, top + 1, 1.5, height - 3);
      if (right - left > NARROWEST_LABEL) {
        context.fillStyle = text;
        const fitting = shortened(name, right - left - 8, (part) => context.measureText(part).width);
        context.fillText(fitting, left + 5, top + height / 2);
      }
    }
  }

  /** Frames as lines of the lane's height; triggers above the middle where they rise, below it where they fall. */
  #drawMarks(
    context: CanvasRenderingContext2D,
    samples: readonly NumberedSample[],
    { top, height, width, span }: Strip,
  ): void {
    const { colors } = this.#theme;
    for (const sample of samples) {
      const left = positionOf(sample.t, span, width);
      if (left < -2 || left > width) {
        continue;
      }
      const level = sample.kind === 'trigger' ? sample.level : undefined;
      const half = (height - 4) / 2;
      context.fillStyle = sample.kind === 'frame' ? colors.purple : colors.yellow;
      const begin = top + 2 + (level === 0 ? half : 0);
      context.fillRect(left, begin, sample.kind === 'frame' ? 1 : 1.5, level === undefined ? 2 * half : half);
    }
  }

  #drawMotion(
    context: CanvasRenderingContext2D,
    { samples, motion, range }: Extract<Lane, { kind: 'imu' }>,
    { top, height, width, span }: Strip,
  ): void {
    const { colors, grid } = this.#theme;
    const place = (value: number) =>
      top + height - 3 - ((value - range.low) / (range.high - range.low)) * (height - 6);
    if (range.low < 0 && range.high > 0) {
      context.fillStyle = grid;
      context.fillRect(0, place(0), width, 1);
    }
    context.lineWidth = 1;
    for (const [axis, color] of [colors.red, colors.green, colors.blue].entries()) {
      context.strokeStyle = color;
      context.beginPath();
      for (const { column, low, high } of valueColumns(samples, motion, axis as 0 | 1 | 2, span, width)) {
        context.lineTo(column + 0.5, place(high));
        if (low < high) {
          context.lineTo(column + 0.5, place(low));
        }
      }
      context.stroke();
    }
  }

  #drawRate(
    context: CanvasRenderingContext2D,
    { view }: EditorModel,
    { on, off, most }: RateColumns,
    { top, height, width }: Strip,
  ): void {
    const middle = top + height / 2;
    const half = height / 2 - 2;
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
