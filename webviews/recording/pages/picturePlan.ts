/** How playing goes at one moment. Times of the recording in µs, of the wall in ms. */
export interface PlayMoment {
  readonly now: number;
  readonly time: number;
  readonly direction: 1 | -1;
  /** Recording time over wall time. */
  readonly speed: number;
  /** Where playing ends or turns back to the start of its loop; planned as the last picture. */
  readonly until: number;
  /** What one picture shows; undefined where only the events tell, as with slices of event counts. */
  readonly pictureLength: number | undefined;
  /** Whether the last frame went less far than it should, because too little is loaded ahead. */
  readonly isSlowed: boolean;
  /** Recording time that arrives per ms. */
  readonly arriving: number;
}

/** Below five pictures per second playing slows down. */
const LONGEST_PERIOD = 200;
const SHORTEST_PERIOD = 16;
/** Playing slower than it should for so much longer than not, in ms: events arrive too slowly. */
const TOO_LONG = 300;
/** Pictures are planned this far ahead, in ms of playing. */
const HORIZON = 1000;
/** Loaded pictures ahead, in ms of playing: below the first there is no time for so many pictures, above the second for more. */
const SCARCE = 250;
const AMPLE = 700;
const ADAPT_EVERY = 50;
const ADAPTATION = 1.06;
/** What is planned at first is a little less than what arrives. */
const RESERVE = 1.15;
/** How much a frame counts in the mean time between frames; longer ones are pauses, in ms. */
const FRAME_SHARE = 0.1;
const LONGEST_FRAME = 250;
/** Pictures that overlap by more than this share of their length are better loaded without gaps. */
const GAPLESS = 0.8;

/**
 * Which pictures playing shows. As long as events arrive in time it shows every moment. Where they arrive too slowly it
 * keeps its speed and shows fewer pictures, each complete: only what they show is loaded.
 */
export class PicturePlan {
  #times: number[] = [];
  /** Wall time between two pictures; undefined while every moment is shown. */
  #period: number | undefined;
  /** How much longer playing was slowed than not, in ms. */
  #slowed = 0;
  #adapted = 0;
  /** Mean time between frames: more pictures cannot be shown, in ms. */
  #frame = SHORTEST_PERIOD;
  #last = 0;

  /** Whether playing leaves out pictures. */
  get isSparse(): boolean {
    return this.#period !== undefined;
  }

  /** Playheads of the pictures to come, in the order of playing; none while every moment is shown. */
  get times(): readonly number[] {
    return this.#times;
  }

  /** Shows every moment again: playing has gone elsewhere or has ended. */
  reset(): void {
    this.#times = [];
    this.#period = undefined;
    this.#slowed = 0;
  }

  /** Plans on from a moment. @param isLoaded whether everything is there that the picture at a time shows. */
  follow(moment: PlayMoment, isLoaded: (time: number) => boolean): void {
    const { pictureLength, time, direction, speed, until } = moment;
    this.#countFrame(moment);
    if (pictureLength === undefined || (until - time) * direction <= 0) {
      this.reset();
      return;
    }
    this.#times = this.#times.filter((each) => (each - time) * direction > 0);
    if (Math.abs((this.#times[0] ?? time) - time) > LONGEST_PERIOD * 1000 * speed) {
      // The playhead was put somewhere before them, or the speed has changed.
      this.#times = [];
    }
    if (this.#period === undefined) {
      this.#becomeSparse(moment, pictureLength);
    } else {
      this.#adapt(moment, pictureLength, isLoaded);
    }
    this.#extend(moment);
  }

  /** The last loaded picture that is due; `time` itself where none is. @param due µs of the recording. */
  next(time: number, direction: 1 | -1, due: number, isLoaded: (time: number) => boolean): number {
    const picture = this.#times.findLast((each) => {
      const way = (each - time) * direction;
      return way > 0 && way <= due && isLoaded(each);
    });
    return picture ?? time;
  }

  #countFrame({ now, isSlowed }: PlayMoment): void {
    const elapsed = now - this.#last;
    this.#last = now;
    if (elapsed < LONGEST_FRAME) {
      this.#frame += FRAME_SHARE * (elapsed - this.#frame);
      this.#slowed = Math.min(TOO_LONG, Math.max(0, this.#slowed + (isSlowed ? elapsed : -elapsed)));
    }
  }

  #becomeSparse({ now, speed, arriving }: PlayMoment, pictureLength: number): void {
    const period = (pictureLength / arriving) * RESERVE;
    const helps = period * 1000 * speed > pictureLength * GAPLESS;
    if (this.#slowed >= TOO_LONG && helps && period <= LONGEST_PERIOD) {
      this.#period = Math.max(SHORTEST_PERIOD, this.#frame, period);
      this.#adapted = now;
    }
  }

  #adapt(
    { now, time, direction, speed }: PlayMoment,
    pictureLength: number,
    isLoaded: (time: number) => boolean,
  ): void {
    if (now - this.#adapted < ADAPT_EVERY) {
      return;
    }
    this.#adapted = now;
    const firstMissing = this.#times.find((each) => !isLoaded(each));
    const ready = firstMissing === undefined ? HORIZON : ((firstMissing - time) * direction) / 1000 / speed;
    const factor = ready < SCARCE ? ADAPTATION : ready > AMPLE ? 1 / ADAPTATION : 1;
    const period = Math.min(LONGEST_PERIOD, Math.max(SHORTEST_PERIOD, this.#frame, this.#period! * factor));
    if (period * 1000 * speed <= pictureLength * GAPLESS) {
      this.reset();
    } else {
      this.#period = period;
    }
  }

  #extend({ time, direction, speed, until }: PlayMoment): void {
    if (this.#period === undefined) {
      return;
    }
    const step = Math.max(1, Math.round(this.#period * 1000 * speed)) * direction;
    const horizon = time + HORIZON * 1000 * speed * direction;
    for (let last = this.#times.at(-1) ?? time; last !== until && (horizon - last) * direction > 0; ) {
      last = (until - last - step) * direction > 0 ? last + step : until;
      this.#times.push(last);
    }
  }
}
