import { readFile } from 'node:fs/promises';
import { SpikeBridgeError } from '../errors';
import type { SensorSize } from '../events/eventBatch';
import { countEvents, POLARITY_CHANNELS, resizeFrames } from '../events/frames';
import { decodeNmnistBin } from '../events/nmnistBin';

/** How recordings become frames; two equal rules give equal frames. */
export interface FrameRule {
  /** T windows of time. */
  readonly timeSteps: number;
  /** S: height and width of the frames in pixels. */
  readonly size: number;
  readonly sensor: SensorSize;
}

/**
 * Frames of several recordings: [count, T, S, S, 2], whole counts as bytes where all fit, else floats.
 * Channel 0 = OFF, 1 = ON.
 */
export interface FramePack {
  readonly count: number;
  readonly values: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
}

/** Values in the frames of one recording: T * S * S * 2. */
export function frameLength({ timeSteps, size }: FrameRule): number {
  return timeSteps * size * size * POLARITY_CHANNELS;
}

async function readRecording(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new SpikeBridgeError(
      'data',
      `the recording cannot be read (${code})`,
      'Check that the data set is complete and readable, then start the run again.',
      { file },
      { cause },
    );
  }
}

/** Frames of one recording, [T, S, S, 2]. */
function framesOf(bytes: Uint8Array, file: string, rule: FrameRule): Uint32Array | Float32Array {
  const { timeSteps, size, sensor } = rule;
  const counts = countEvents(decodeNmnistBin(bytes, file, sensor), timeSteps, sensor);
  return sensor.width === size && sensor.height === size
    ? counts
    : resizeFrames(counts, timeSteps, sensor, size);
}

function fitsBytes(frames: Uint32Array | Float32Array): boolean {
  return frames instanceof Uint32Array && frames.every((count) => count <= 255);
}

/**
 * Decodes and bins recordings.
 * @param files absolute paths of N-MNIST recordings.
 * @throws SpikeBridgeError (data) for a recording that cannot be read or decoded.
 */
export async function decodePack(files: readonly string[], rule: FrameRule): Promise<FramePack> {
  const length = frameLength(rule);
  const frames: (Uint32Array | Float32Array)[] = [];
  for (const file of files) {
    frames.push(framesOf(await readRecording(file), file, rule));
  }
  const total = length * files.length;
  const values = frames.every(fitsBytes) ? new Uint8Array(total) : new Float32Array(total);
  frames.forEach((each, index) => {
    values.set(each, index * length);
  });
  return { count: files.length, values };
}
