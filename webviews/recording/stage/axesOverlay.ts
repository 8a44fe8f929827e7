import type { EditorModel } from '../editorModel';
import { type CloudAxis, cloudAxes } from '../picture/cloudAxes';
import { timecode } from '../text/timeText';
import { setAttributes, svg } from './svg';

const NAME_DISTANCE = 26;
const VALUE_DISTANCE = 12;
/** Values stand this share of the edge away from its corners, where two axes meet. */
const INSET = 0.06;
/** Shorter axes point at the viewer: they have no room for values. */
const SHORTEST = 36;

class AxisMarks {
  readonly root = svg('g', { class: 'axis' });
  readonly #line = svg('path', { class: 'axis-line' });
  readonly #texts = [0, 1, 2].map(() => svg('text', {}));

  constructor() {
    this.root.append(this.#line, ...this.#texts);
  }

  update({ from, to, outward, name }: CloudAxis, first: string, last: string): void {
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const length = Math.hypot(dx, dy);
    this.root.style.display = length < SHORTEST ? 'none' : '';
    const [ux, uy] = [dx / (length || 1), dy / (length || 1)];
    const barb = (side: number) => `M${to[0]} ${to[1]}l${-8 * ux - side * 4 * uy} ${-8 * uy + side * 4 * ux}`;
    this.#line.setAttribute('d', `M${from[0]} ${from[1]}L${to[0]} ${to[1]}${barb(1)}${barb(-1)}`);
    const anchor = outward[0] > 0.4 ? 'start' : outward[0] < -0.4 ? 'end' : 'middle';
    const texts = [
      [first, INSET, VALUE_DISTANCE],
      [name, 0.5, NAME_DISTANCE],
      [last, 1 - INSET, VALUE_DISTANCE],
    ] as const;
    for (const [index, [text, share, distance]] of texts.entries()) {
      const label = this.#texts[index]!;
      const [x, y] = [
        from[0] + share * dx + distance * outward[0],
        from[1] + share * dy + distance * outward[1],
      ];
      setAttributes(label, { x: x.toFixed(1), y: y.toFixed(1), 'text-anchor': anchor });
      label.textContent = text;
    }
  }
}

/** Axes of the cloud with their directions and the values at their ends, over the points. */
export class AxesOverlay {
  readonly root = svg('g', { class: 'axes' });
  readonly #axes = [new AxisMarks(), new AxisMarks(), new AxisMarks()];

  constructor() {
    this.root.append(...this.#axes.map(({ root }) => root));
  }

  /** @param width, height of the picture in CSS pixels. */
  update({ sensor, view, shown, player }: EditorModel, width: number, height: number): void {
    const shape = { sensorWidth: sensor.width, sensorHeight: sensor.height, camera: view.camera };
    const ends: readonly (readonly [string, string])[] = [
      ['0', String(sensor.width - 1)],
      ['0', String(sensor.height - 1)],
      [timecode(shown.from - player.start), timecode(shown.to - player.start)],
    ];
    for (const [index, axis] of cloudAxes({ ...shape, width, height }).entries()) {
      const [first, last] = ends[index]!;
      this.#axes[index]!.update(axis, first, last);
    }
  }
}
