import { POLARITY_CHANNELS } from '../events/frames';
import type { FrameRule } from './frameRule';
import { frameLength } from './frameRule';
import { readSamples, type SampleSource } from './sampleEvents';
import { sampleFrames } from './sampleFrames';
import { sharedBytes, sharedFloats, sharedIntegers } from './sharedMemory';

/** Whole counts of several recordings as bytes. */
interface BytePack<Memory extends ArrayBufferLike> {
  readonly kind: 'bytes';
  readonly count: number;
  /** [count, T, S, S, 2]. */
  readonly values: Uint8Array<Memory>;
}

/** Frames of several recordings without their zeros (four of five values, where events are resized). */
interface SparsePack<Memory extends ArrayBufferLike> {
  readonly kind: 'sparse';
  readonly count: number;
  /** Where each recording's values begin; count + 1 numbers. */
  readonly starts: Uint32Array<Memory>;
  /** One bit per value of a step, lowest first: whether it is not zero. [count, T, ceil(S * S * 2 / 8)]. */
  readonly present: Uint8Array<Memory>;
  /** All values that are not zero, in order. */
  readonly values: Float32Array<Memory>;
}

/** Frames of several recordings, exact: [count, T, S, S, 2]; channel 0 = OFF, 1 = ON. */
export type FramePack<Memory extends ArrayBufferLike = ArrayBuffer> = BytePack<Memory> | SparsePack<Memory>;

/** A pack in memory that all threads see. */
export type SharedPack = FramePack<SharedArrayBuffer>;

/** Values of one time step: S * S * 2. */
export function planeLength({ size }: FrameRule): number {
  return size * size * POLARITY_CHANNELS;
}

/** Bytes of {@link SparsePack.present} that one time step takes. */
export function maskLength(rule: FrameRule): number {
  return Math.ceil(planeLength(rule) / 8);
}

type Frames = Uint32Array | Float32Array;

function fitsBytes(frames: Frames): boolean {
  return frames instanceof Uint32Array && frames.every((count) => count <= 255);
}

function packBytes(frames: readonly Frames[], length: number): BytePack<ArrayBuffer> {
  const values = new Uint8Array(frames.length * length);
  for (const [index, each] of frames.entries()) {
    values.set(each, index * length);
  }
  return { kind: 'bytes', count: frames.length, values };
}

/** Sets the bits of one recording's values and copies them. @returns where the next recording's values begin. */
function addSparse(
  frames: Frames,
  { present, values }: SparsePack<ArrayBuffer>,
  { mask, start, plane }: { mask: number; start: number; plane: number },
): number {
  const bytes = Math.ceil(plane / 8);
  let next = start;
  for (let position = 0; position < frames.length; position++) {
    const value = frames[position]!;
    if (value !== 0) {
      const inPlane = position % plane;
      present[mask + Math.floor(position / plane) * bytes + (inPlane >> 3)]! |= 1 << (inPlane & 7);
      values[next++] = value;
    }
  }
  return next;
}

function countPresent(frames: Frames): number {
  let count = 0;
  for (let index = 0; index < frames.length; index++) {
    count += frames[index] === 0 ? 0 : 1;
  }
  return count;
}

function packSparse(frames: readonly Frames[], rule: FrameRule): SparsePack<ArrayBuffer> {
  const total = frames.reduce((sum, each) => sum + countPresent(each), 0);
  const maskOfRecording = rule.timeSteps * maskLength(rule);
  const pack: SparsePack<ArrayBuffer> = {
    kind: 'sparse',
    count: frames.length,
    starts: new Uint32Array(frames.length + 1),
    present: new Uint8Array(frames.length * maskOfRecording),
    values: new Float32Array(total),
  };
  for (const [index, each] of frames.entries()) {
    const place = {
      mask: index * maskOfRecording,
      start: pack.starts[index]!,
      plane: planeLength(rule),
    };
    pack.starts[index + 1] = addSparse(each, pack, place);
  }
  return pack;
}

/** Packs the frames of recordings, [T, S, S, 2] each. */
export function packFrames(frames: readonly Frames[], rule: FrameRule): FramePack {
  return frames.every(fitsBytes) ? packBytes(frames, frameLength(rule)) : packSparse(frames, rule);
}

/** The memory of a pack, to be moved between threads. */
export function buffersOf(pack: FramePack): ArrayBuffer[] {
  return pack.kind === 'bytes'
    ? [pack.values.buffer]
    : [pack.starts.buffer, pack.present.buffer, pack.values.buffer];
}

/** A copy of a pack for all threads. */
export function sharedPack(pack: FramePack): SharedPack {
  return pack.kind === 'bytes'
    ? { ...pack, values: sharedBytes(pack.values) }
    : {
        ...pack,
        starts: sharedIntegers(pack.starts),
        present: sharedBytes(pack.present),
        values: sharedFloats(pack.values),
      };
}

/** Where {@link unpackFrames} writes: step t begins at `offset` + t * `stride`. */
export interface FrameTarget {
  /** All zero where it is written. */
  readonly values: Float32Array;
  readonly offset: number;
  readonly stride: number;
}

function unpackSparse(
  pack: SparsePack<ArrayBufferLike>,
  recording: number,
  rule: FrameRule,
  target: FrameTarget,
): void {
  const { present, values } = pack;
  const { values: frames, offset, stride } = target;
  const bytes = maskLength(rule);
  let next = pack.starts[recording]!;
  let mask = recording * rule.timeSteps * bytes;
  for (let step = 0; step < rule.timeSteps; step++) {
    const end = mask + bytes;
    // Place of the value that bit 0 of the byte stands for, less 31.
    for (let place = offset + step * stride + 31; mask < end; mask++, place += 8) {
      for (let bits = present[mask]!; bits !== 0; bits &= bits - 1) {
        frames[place - Math.clz32(bits & -bits)] = values[next++]!;
      }
    }
  }
}

/** Writes the frames of one recording of a pack, step by step, into memory of zeros. */
export function unpackFrames(
  pack: FramePack<ArrayBufferLike>,
  recording: number,
  rule: FrameRule,
  target: FrameTarget,
): void {
  if (pack.kind === 'sparse') {
    unpackSparse(pack, recording, rule, target);
    return;
  }
  const plane = planeLength(rule);
  const start = recording * plane * rule.timeSteps;
  for (let step = 0; step < rule.timeSteps; step++) {
    const source = pack.values.subarray(start + step * plane, start + (step + 1) * plane);
    target.values.set(source, target.offset + step * target.stride);
  }
}

/**
 * Decodes and bins samples. Neighbours of the same file are read in one pass.
 * @throws SpikeBridgeError (data) for a recording that cannot be read, is damaged or holds no events.
 */
export async function decodePack(sources: readonly SampleSource[], rule: FrameRule): Promise<FramePack> {
  const frames: Frames[] = [];
  for await (const { source, events } of readSamples(sources, rule)) {
    frames.push(await sampleFrames(events, rule, source.file));
  }
  return packFrames(frames, rule);
}
