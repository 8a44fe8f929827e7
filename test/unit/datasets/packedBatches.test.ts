import assert from 'node:assert/strict';
import fc from 'fast-check';
import { augmentFrames } from '../../../engine/datasets/augmentation';
import { BatchAssembler, type BatchOrder, type BatchSources } from '../../../engine/datasets/batchAssembler';
import { planeLength, unpackFrames } from '../../../engine/datasets/framePack';
import { frameLength } from '../../../engine/datasets/frameRule';
import { placeOf } from '../../../engine/datasets/frameStore';
import { countBits, expandInput, type PackedInput } from '../../../engine/datasets/packedFrames';
import { planeWriter } from '../../../engine/datasets/planeSource';
import { eventRows } from '../../../engine/training/trainingBatch';
import { type AugmentationOptions, type FrameKind, randomSources, ruleOf } from './packedSamples';

const KEY = { seed: 5, iteration: 3 };

/** The event stream with its zeros, [T, B, S, S, 2], made without packing. */
function denseEvents(sources: BatchSources, { recordings, part, key }: BatchOrder): Float32Array {
  const { rule } = sources[part];
  const { timeSteps, size } = rule;
  const [pairs, plane] = [recordings.length, planeLength(rule)];
  const frames = new Float32Array(pairs * frameLength(rule));
  recordings.forEach((sample, slot) => {
    const { pack, recording } = placeOf(sources[part], sample);
    unpackFrames(pack, recording, rule, { values: frames, offset: slot * plane, stride: pairs * plane });
  });
  if (key) {
    augmentFrames({ frames, timeSteps, pairs, size }, sources.augmentation, key);
  }
  return frames;
}

/** The static stream with its repetitions, [T, B, S, S, 2]. */
function denseStatics({ planes, train }: BatchSources, images: Uint32Array): Float32Array {
  const { size, timeSteps } = train.rule;
  const write = planeWriter(planes!, size);
  const plane = new Float32Array(size * size);
  const step: number[] = [];
  for (const image of images) {
    write(image, plane, 0);
    for (const value of plane) {
      step.push(value, value);
    }
  }
  return Float32Array.from(Array.from({ length: timeSteps }, () => step).flat());
}

/** Float32 as bits: equal numbers may differ in them. */
const bitsOf = (values: Float32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

function assertSameBits(actual: Float32Array, expected: Float32Array): void {
  assert.ok(bitsOf(actual).equals(bitsOf(expected)), 'the values differ');
}

const AUGMENTATIONS: AugmentationOptions[] = [
  {},
  { kind: 'crop', padding: 2 },
  { kind: 'dvs-da' },
  { kind: 'noise', noiseDecibels: 10 },
];
const KINDS: FrameKind[][] = [['counts'], ['shares'], ['counts', 'shares']];

describe('packed batches', () => {
  for (const [timeSteps, size] of [
    [1, 3],
    [3, 5],
    [2, 16],
    [10, 9],
  ] as const) {
    it(`have the bits of frames assembled with their zeros, T = ${timeSteps}, S = ${size}`, () => {
      const rule = ruleOf(timeSteps, size);
      const samples = fc.array(fc.nat(149), { minLength: 1, maxLength: 13 });
      const variants = KINDS.flatMap((kinds) =>
        AUGMENTATIONS.map((augmentation) => randomSources(rule, kinds, augmentation)),
      );
      fc.assert(
        fc.property(fc.constantFrom(...variants), samples, (sources, chosen) => {
          const images = Uint32Array.from(chosen, (sample) => sample % 12);
          const recordings = Uint32Array.from(chosen);
          const order: BatchOrder = { part: 'train', recordings, images, key: KEY };
          const packed = new BatchAssembler(sources).assemble(order);
          const events = expandInput({ packed, rows: eventRows(chosen.length, timeSteps) });
          assertSameBits(events, denseEvents(sources, order));
          const rows = Int32Array.from(
            { length: timeSteps * chosen.length },
            (_, row) => packed.frames + (row % chosen.length),
          );
          assertSameBits(expandInput({ packed, rows }), denseStatics(sources, images));
        }),
        { seed: 11, numRuns: 40 },
      );
    });
  }

  it('keep counts as bytes, also where pixels move, and everything else as float32', () => {
    const rule = ruleOf(2, 6);
    const bytesOf = (kinds: FrameKind[], augmentation: AugmentationOptions) =>
      new BatchAssembler(randomSources(rule, kinds, augmentation)).assemble({
        part: 'train',
        recordings: Uint32Array.of(0, 149),
        key: KEY,
      }).valueBytes;
    assert.equal(bytesOf(['counts'], {}), 1);
    assert.equal(bytesOf(['counts'], { kind: 'dvs-da' }), 1);
    assert.equal(bytesOf(['counts'], { kind: 'noise', noiseDecibels: 10 }), 4);
    assert.equal(bytesOf(['counts', 'shares'], {}), 4);
  });

  it('leave test recordings as they are', () => {
    const sources = randomSources(ruleOf(2, 6), ['shares'], { kind: 'noise', noiseDecibels: 10 });
    const order: BatchOrder = { part: 'test', recordings: Uint32Array.of(8, 0, 3) };
    const packed = new BatchAssembler(sources).assemble(order);
    assertSameBits(expandInput({ packed, rows: eventRows(3, 2) }), denseEvents(sources, order));
    assert.equal(packed.planes, 0);
  });

  it('take memory that was used before, or larger memory where it is too small', () => {
    const sources = randomSources(ruleOf(3, 7), ['shares'], { kind: 'dvs-da' });
    const assembler = new BatchAssembler(sources);
    const orderOf = (length: number): BatchOrder => ({
      part: 'train',
      recordings: Uint32Array.from({ length }, (_, slot) => (slot * 37) % 150),
      images: Uint32Array.from({ length }, (_, slot) => slot % 12),
      key: KEY,
    });
    const valuesOf = ({ order, memory }: { order: BatchOrder; memory?: ArrayBuffer }) => {
      const packed = assembler.assemble({ ...order, ...(memory && { memory }) });
      const rows = eventRows(order.recordings.length, 3);
      return { buffer: packed.words.buffer, values: expandInput({ packed, rows }) };
    };
    const fresh = valuesOf({ order: orderOf(6) });
    const memory = new ArrayBuffer(fresh.buffer.byteLength);
    new Uint8Array(memory).fill(255);
    const again = valuesOf({ order: orderOf(6), memory });
    assert.equal(again.buffer, memory);
    assertSameBits(again.values, fresh.values);
    const larger = valuesOf({ order: orderOf(11), memory });
    assert.notEqual(larger.buffer, memory);
    assertSameBits(larger.values, valuesOf({ order: orderOf(11) }).values);
  });

  it('take no more than their values', () => {
    const sources = randomSources(ruleOf(10, 16), ['counts']);
    const recordings = Uint32Array.from({ length: 20 }, (_, slot) => slot);
    const { words } = new BatchAssembler(sources).assemble({ part: 'train', recordings });
    const values = 20 * 10 * 16 * 16 * 2;
    // One bit per value, one byte for three of ten, and a number for every eight words.
    assert.ok(words.byteLength < values * (1 / 8 + 0.31 + 1 / 32));
  });

  it('repeat frames and planes row by row', () => {
    const sources = randomSources(ruleOf(2, 4), ['shares']);
    const recordings = Uint32Array.of(3, 1);
    const packed = new BatchAssembler(sources).assemble({
      part: 'train',
      recordings,
      images: Uint32Array.of(7),
    });
    const alone = (row: number) => expandInput({ packed, rows: Int32Array.of(row) });
    const rows = [3, 4, 0, 3, 4, 4, 2];
    const input: PackedInput = { packed, rows: Int32Array.from(rows) };
    assert.deepEqual(
      [...expandInput(input)],
      rows.flatMap((row) => [...alone(row)]),
    );
  });

  it('count bits of words', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (word) => {
        assert.equal(countBits(word), [...word.toString(2)].filter((bit) => bit === '1').length);
      }),
      { seed: 2 },
    );
  });
});
