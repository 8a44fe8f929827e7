import type { SensorSize } from '../eventBatch';
import { throwIfAborted } from '../throwIfAborted';
import type { FrameSample, Track, TrackSample } from '../tracks';

/** How far back a frame is looked for, in µs: frames usually come every few ten ms, and each one is decoded. */
const LOOK_BACKS = [100_000, 2_000_000] as const;
const LONGEST_LOOK_BACK = LOOK_BACKS[1];

/**
 * The last frame before a time, at most two seconds older; undefined where there is none.
 * @param end in µs, exclusive.
 */
export async function lastFrame(
  track: Track | undefined,
  end: number,
  signal?: AbortSignal,
): Promise<FrameSample | undefined> {
  for (const lookBack of LOOK_BACKS) {
    let last: TrackSample | undefined;
    for await (const sample of track?.samples(end - lookBack, end) ?? []) {
      throwIfAborted(signal);
      last = sample;
    }
    if (last?.kind === 'frame') {
      return last;
    }
  }
  return undefined;
}

/** The frames of a track along with a film: each is decoded once, and only two are held. Whoever makes it closes it. */
export class CameraFrames {
  #samples: AsyncIterator<TrackSample> | undefined;
  #shown: FrameSample | undefined;
  #next: FrameSample | undefined;

  constructor(private readonly track: Track) {}

  /** As {@link lastFrame}. @param end not before that of the question before. */
  async before(end: number): Promise<FrameSample | undefined> {
    this.#samples ??= this.track
      .samples(end - LONGEST_LOOK_BACK, Number.MAX_SAFE_INTEGER)
      [Symbol.asyncIterator]();
    this.#next ??= await this.#read();
    while (this.#next && this.#next.t < end) {
      this.#shown = this.#next;
      this.#next = await this.#read();
    }
    return this.#shown && this.#shown.t >= end - LONGEST_LOOK_BACK ? this.#shown : undefined;
  }

  async close(): Promise<void> {
    await this.#samples?.return?.();
  }

  async #read(): Promise<FrameSample | undefined> {
    const { value } = await this.#samples!.next();
    return value?.kind === 'frame' ? value : undefined;
  }
}

/** A frame stretched over the sensor, pixel by pixel: RGB [height, width, 3]. */
export function framePicture(frame: FrameSample, { width, height }: SensorSize): Uint8Array {
  const { pixels, channels } = frame;
  const picture = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * frame.height) / height) * frame.width;
    for (let x = 0; x < width; x++) {
      const source = (row + Math.floor((x * frame.width) / width)) * channels;
      for (let channel = 0; channel < 3; channel++) {
        picture[(y * width + x) * 3 + channel] = pixels[source + (channels === 1 ? 0 : channel)]!;
      }
    }
  }
  return picture;
}
