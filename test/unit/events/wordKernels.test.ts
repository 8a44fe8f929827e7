import assert from 'node:assert/strict';
import fc from 'fast-check';
import { copyByScript, copyEvents } from '../../../engine/events/aedat4/eventPacket';
import { AtisDecoder } from '../../../engine/events/atis/atisDecoder';
import { allocateEvents } from '../../../engine/events/eventBatch';
import { DatDecoder } from '../../../engine/events/prophesee/datDecoder';
import { Evt2Decoder } from '../../../engine/events/prophesee/evt2Decoder';
import { Evt3Decoder } from '../../../engine/events/prophesee/evt3Decoder';
import { WarningLog } from '../../../engine/events/warningLog';
import {
  BATCH_EVENTS,
  type EventDecoder,
  FULL_AT,
  type SampleSink,
} from '../../../engine/events/words/eventDecoder';
import { withKernel } from '../../../engine/events/words/kernelDecoder';
import { compileKernels, type KernelName, wordKernels } from '../../../engine/events/words/wordKernels';

interface Case {
  readonly kernel: KernelName;
  readonly wordBytes: number;
  readonly create: (warnings: WarningLog, sink: SampleSink) => EventDecoder;
  /** Words as bytes: every kind, also such as no camera writes. */
  readonly word: fc.Arbitrary<readonly number[]>;
}

const bits = (count: number) => fc.integer({ min: 0, max: 2 ** count - 1 });
const littleEndian = (value: number, bytes: number) =>
  Array.from({ length: bytes }, (_, index) => Math.floor(value / 2 ** (8 * index)) % 256);
/** Mostly small numbers, which step back a little, and the ends of the range, which wrap. */
const times = (count: number) =>
  fc.oneof(
    { arbitrary: fc.integer({ min: 0, max: 20 }), weight: 6 },
    { arbitrary: fc.integer({ min: 2 ** count - 20, max: 2 ** count - 1 }), weight: 2 },
    { arbitrary: fc.integer({ min: 2 ** (count - 1) - 5, max: 2 ** (count - 1) + 5 }), weight: 2 },
    { arbitrary: bits(count), weight: 1 },
  );

const EVT2_WORD = fc.oneof(
  { arbitrary: fc.tuple(fc.constantFrom(0x0, 0x1), bits(28)), weight: 40 },
  { arbitrary: fc.tuple(fc.constant(0x8), times(28)), weight: 3 },
  { arbitrary: fc.tuple(bits(4), bits(28)), weight: 2 },
);
const EVT3_WORD = fc.oneof(
  { arbitrary: fc.tuple(fc.constantFrom(0x0, 0x2, 0x2, 0x6), bits(12)), weight: 30 },
  { arbitrary: fc.tuple(fc.constantFrom(0x3, 0x4, 0x4, 0x5), bits(12)), weight: 10 },
  { arbitrary: fc.tuple(fc.constant(0x8), times(12)), weight: 3 },
  { arbitrary: fc.tuple(bits(4), bits(12)), weight: 2 },
);
const ATIS_WORD = fc
  .tuple(
    bits(8),
    fc.oneof({ arbitrary: bits(8), weight: 9 }, { arbitrary: fc.constant(240), weight: 1 }),
    bits(24),
  )
  .map(([x, y, rest]) => [x, y, ...littleEndian(rest, 3)]);
const DAT_WORD = fc
  .tuple(times(32), fc.oneof(bits(32), bits(18)))
  .map(([time, pixel]) => [...littleEndian(time, 4), ...littleEndian(pixel, 4)]);

const CASES: readonly Case[] = [
  {
    kernel: 'evt2',
    wordBytes: 4,
    create: (warnings, sink) => new Evt2Decoder(warnings, sink),
    word: EVT2_WORD.map(([type, rest]) => littleEndian(type * 2 ** 28 + rest, 4)),
  },
  {
    kernel: 'evt3',
    wordBytes: 2,
    create: (warnings, sink) => new Evt3Decoder(warnings, sink),
    word: EVT3_WORD.map(([type, rest]) => littleEndian(type * 2 ** 12 + rest, 2)),
  },
  { kernel: 'atis', wordBytes: 5, create: () => new AtisDecoder(), word: ATIS_WORD },
  { kernel: 'dat1', wordBytes: 8, create: () => new DatDecoder(1), word: DAT_WORD },
  { kernel: 'dat2', wordBytes: 8, create: () => new DatDecoder(2), word: DAT_WORD },
];

const TARGET = allocateEvents(BATCH_EVENTS);

function newEvents(from: number, to: number) {
  const { t, x, y, polarity } = TARGET;
  return [t, x, y, polarity].map((values) => Array.from(values.subarray(from, to)));
}

/** All that decoding block by block leaves behind: events, places, snapshots, samples, warnings. */
function decoded(create: Case['create'], bytes: Uint8Array, blocks: readonly number[], firstCount: number) {
  const warnings = new WarningLog();
  const samples: unknown[] = [];
  const decoder = create(warnings, { kind: 'trigger', add: (sample) => samples.push(sample) });
  const steps: unknown[] = [];
  let offset = 0;
  let count = firstCount;
  for (let step = 0; offset < bytes.length; step++) {
    const block = bytes.slice(offset, offset + blocks[step % blocks.length]!);
    const cursor = {
      bytes: block,
      position: 0,
      fileOffset: offset,
      target: TARGET,
      count,
      need: 0,
      ended: false,
    };
    for (let before = -1; cursor.position > before && cursor.count <= FULL_AT; ) {
      before = cursor.position;
      decoder.decode(cursor);
    }
    const events = newEvents(count, cursor.count);
    steps.push({ position: cursor.position, events, snapshot: [...decoder.snapshot()] });
    if (cursor.position === 0) {
      break;
    }
    offset += cursor.position;
    count = cursor.count > FULL_AT ? 0 : cursor.count;
  }
  return { steps, samples, warnings: warnings.list() };
}

const eventsOf = ({ steps }: ReturnType<typeof decoded>) =>
  [0, 1, 2, 3].map((column) => (steps as { events: number[][] }[]).flatMap(({ events }) => events[column]!));

describe('kernels of word decoders', () => {
  it('are there, and are not where the module does not compile', () => {
    assert.ok(wordKernels());
    assert.equal(compileKernels(new Uint8Array(8)), undefined);
  });

  it('find the largest of any amount of numbers', () => {
    fc.assert(
      fc.property(fc.array(bits(16)), fc.integer({ min: 0, max: 70_000 }), (numbers, gap) => {
        // Numbers of an earlier call may still lie behind those of this one.
        for (const values of [[...new Array(gap).fill(7), ...numbers], numbers]) {
          const expected = values.reduce((most, value) => Math.max(most, value), 0);
          assert.equal(wordKernels()!.largest(Uint16Array.from(values)), expected);
        }
      }),
      { numRuns: 200, seed: 4 },
    );
    assert.equal(wordKernels()!.largest(new Uint16Array(0)), 0);
  });

  it('tell whether all times are numbers that doubles hold exactly', () => {
    const unsafe = fc.constantFrom(Number.NaN, 2 ** 53, -(2 ** 53), Number.POSITIVE_INFINITY, -Infinity);
    const safe = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -0, 0.5, 2 ** 53 - 1, 1 - 2 ** 53));
    fc.assert(
      fc.property(fc.array(safe), fc.option(unsafe), fc.integer({ min: 0, max: 9000 }), (some, one, gap) => {
        const values = [...new Array<number>(gap).fill(7), ...some];
        assert.equal(wordKernels()!.areSafe(Float64Array.from(values)), true);
        if (one !== null) {
          const place = gap % (values.length + 1);
          assert.equal(
            wordKernels()!.areSafe(
              Float64Array.from([...values.slice(0, place), one, ...values.slice(place)]),
            ),
            false,
          );
        }
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it('aedat4: copies bit for bit what the script does, any stretch to any place', () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 900, size: 'max' });
    const stretch = fc.tuple(
      fc.integer({ min: 0, max: 3 }),
      fc.nat(),
      fc.nat(),
      fc.integer({ max: 9, min: 0 }),
    );
    fc.assert(
      fc.property(bytes, stretch, (some, [before, from, length, at]) => {
        const count = Math.floor((some.length - before) / 16);
        const vector = { bytes: some, first: before, count };
        const first = count === 0 ? 0 : from % count;
        const [ours, theirs] = [copyEvents, copyByScript].map((copy) => {
          const batch = allocateEvents(80);
          copy(vector, first, Math.min(count - first, length), batch, at);
          return batch;
        });
        assert.deepEqual(ours, theirs);
      }),
      { numRuns: 500, seed: 4 },
    );
    const many = Uint8Array.from({ length: 16 * 40_000 }, (_, index) => (index * 7 + (index >> 9)) & 0xff);
    const vector = { bytes: many, first: 0, count: 40_000 };
    const [ours, theirs] = [copyEvents, copyByScript].map((copy) => {
      const batch = allocateEvents(BATCH_EVENTS);
      copy(vector, 3, 39_990, batch, 5);
      return batch;
    });
    assert.deepEqual(ours, theirs);
  });

  for (const { kernel, wordBytes, create, word } of CASES) {
    const byKernel: Case['create'] = (...parts) => withKernel(kernel, wordBytes, create(...parts));
    const words = fc.array(word, { minLength: 1, maxLength: 400, size: 'max' }).map((list) => list.flat());
    const input = fc.oneof({ arbitrary: words, weight: 3 }, { arbitrary: fc.array(bits(8)), weight: 1 });
    const blocks = fc.array(fc.integer({ min: wordBytes, max: 900 }), { minLength: 1, maxLength: 5 });
    const firstCount = fc.oneof(fc.constant(0), fc.integer({ min: FULL_AT - 300, max: FULL_AT }));

    it(`${kernel}: does bit for bit what the decoder does, in blocks of any size`, () => {
      fc.assert(
        fc.property(input, blocks, firstCount, (list, sizes, first) => {
          const bytes = Uint8Array.from(list);
          assert.deepEqual(decoded(byKernel, bytes, sizes, first), decoded(create, bytes, sizes, first));
        }),
        { numRuns: 300, seed: 4, endOnFailure: true },
      );
    });

    it(`${kernel}: any place of a split and any end of the file change nothing`, () => {
      const [list] = fc.sample(
        fc.array(word, { minLength: 60, maxLength: 60 }).map((all) => all.flat()),
        { numRuns: 1, seed: 4 },
      ) as [number[]];
      const bytes = Uint8Array.from(list);
      const whole = eventsOf(decoded(create, bytes, [bytes.length], 0));
      for (let split = wordBytes; split <= bytes.length; split++) {
        const parts = decoded(byKernel, bytes, [split, bytes.length], 0);
        assert.deepEqual(eventsOf(parts), whole, `split at byte ${split}`);
        const cut = bytes.subarray(0, split);
        assert.deepEqual(decoded(byKernel, cut, [split], 0), decoded(create, cut, [split], 0));
      }
    });

    it(`${kernel}: more words and events than fit its memory at once`, () => {
      const [list] = fc.sample(fc.array(word, { minLength: 4000, maxLength: 4000, size: 'max' }), {
        numRuns: 1,
        seed: 5,
      }) as [number[][]];
      const some = list.flat();
      const bytes = new Uint8Array(Math.ceil((wordBytes * 120_000) / some.length) * some.length);
      for (let at = 0; at < bytes.length; at += some.length) {
        bytes.set(some, at);
      }
      const [ours, theirs] = [byKernel, create].map((each) => decoded(each, bytes, [bytes.length], 0)) as [
        ReturnType<typeof decoded>,
        ReturnType<typeof decoded>,
      ];
      assert.ok(ours.steps.length > 1, 'a batch fills');
      assert.deepEqual(ours, theirs);
    });
  }
});
