/** A greyscale or colour picture of a hybrid sensor (DAVIS APS). */
export interface FrameSample {
  readonly kind: 'frame';
  /** Start of exposure where known, else of the frame, in µs. */
  readonly t: number;
  /** Length of the exposure in µs, where known. */
  readonly exposure?: number;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  /** Rows from the top, `channels` bytes per pixel: grey, RGB or RGBA, 0 to 255. */
  readonly pixels: Uint8Array;
}

export interface ImuSample {
  readonly kind: 'imu';
  /** µs. */
  readonly t: number;
  /** x, y, z in g. */
  readonly acceleration: readonly [number, number, number];
  /** x, y, z in degrees per second. */
  readonly rotation: readonly [number, number, number];
  /** °C, where measured. */
  readonly temperature?: number;
}

export interface TriggerSample {
  readonly kind: 'trigger';
  /** µs. */
  readonly t: number;
  /** The format's own word or channel: "external rising", "channel 6". */
  readonly label: string;
  /** Level after the edge, where told: 1 high, 0 low. */
  readonly level?: 0 | 1;
}

export type TrackSample = FrameSample | ImuSample | TriggerSample;

/** Samples beside the events, never mixed into them. */
export interface Track {
  readonly kind: TrackSample['kind'];
  /** Shown to people: "frames (stream 1)". */
  readonly name: string;
  /** Number of samples where the container tells without a pass. */
  readonly count?: number;
  /** All samples with first <= t < last (µs) in file order, decoded as they are asked for. */
  samples(first: number, last: number): AsyncIterable<TrackSample>;
}
