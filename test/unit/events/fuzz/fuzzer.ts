import assert from 'node:assert/strict';
import { SpikeBridgeError } from '../../../../engine/errors';
import type { EventBatch } from '../../../../engine/events/eventBatch';
import { memorySource } from '../../../../engine/events/memorySource';
import { openRecording } from '../../../../engine/events/openRecording';
import type { EventReader, Recording } from '../../../../engine/events/recording';
import { Chance, mutate } from './mutation';
import { SEED_FILES, type SeedFile } from './seedFiles';

const MOST_BATCH_EVENTS = 65_536;
/** A recording of a few kilobytes that holds more is a decompression bomb or never ends. */
const MOST_EVENTS = 1 << 24;
const MOST_SAMPLES = 10_000;

/** What became of mutated inputs. */
export interface FuzzCounts {
  opened: number;
  refused: number;
}

function checkBatch({ t, x, y, polarity }: EventBatch, { info }: Recording): void {
  assert.ok(t.length > 0 && t.length <= MOST_BATCH_EVENTS, `a batch of ${t.length} events`);
  assert.deepEqual([x.length, y.length, polarity.length], [t.length, t.length, t.length]);
  const { width, height } = info.size?.value ?? { width: 65_536, height: 65_536 };
  for (let index = 0; index < t.length; index++) {
    const sound =
      Number.isSafeInteger(t[index]) && polarity[index]! <= 1 && x[index]! < width && y[index]! < height;
    assert.ok(sound, `event ${index}: ${t[index]} ${x[index]} ${y[index]} ${polarity[index]}`);
  }
}

async function readAll(recording: Recording, reader: EventReader): Promise<void> {
  let events = 0;
  for (let batch = await reader.next(); batch; batch = await reader.next(batch)) {
    checkBatch(batch, recording);
    JSON.stringify(reader.state());
    events += batch.t.length;
    assert.ok(events < MOST_EVENTS, 'the events do not end');
  }
}

async function readTracks(recording: Recording): Promise<void> {
  for (const track of recording.tracks) {
    let count = 0;
    for await (const sample of track.samples(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)) {
      assert.equal(sample.kind, track.kind);
      if (++count > MOST_SAMPLES) {
        break;
      }
    }
  }
}

/** Opens and reads whatever the bytes are; anything but sound events or a typed refusal is a failure. */
async function readWhatever(bytes: Uint8Array, file: string): Promise<boolean> {
  try {
    const recording = await openRecording(memorySource(bytes, file));
    try {
      const reader = await recording.events();
      await readAll(recording, reader);
      await reader.close();
      await readTracks(recording);
      recording.warnings();
    } finally {
      await recording.close();
    }
    return true;
  } catch (error) {
    if (error instanceof SpikeBridgeError && (error.category === 'data' || error.category === 'usage')) {
      return false;
    }
    throw error;
  }
}

/** Mutated input number `number` of a seed file; the same for the same numbers everywhere. */
export function mutatedInput(bytes: Uint8Array, others: readonly Uint8Array[], seed: number, number: number) {
  return mutate(bytes, new Chance((seed * 0x9e3779b1 + number * 0x85ebca6b) >>> 0), others);
}

let seeds: Promise<Uint8Array[]> | undefined;

/** The bytes of all seed files, made once. */
function allSeeds(): Promise<Uint8Array[]> {
  seeds ??= Promise.all(SEED_FILES.map(async (each) => each.bytes()));
  return seeds;
}

/** Which inputs to try. */
export interface FuzzRange {
  readonly seed: number;
  /** First input, from 0. */
  readonly from: number;
  /** One behind the last input. */
  readonly to: number;
  /** Called before each input. */
  readonly started?: (number: number) => void;
}

/**
 * Reads mutations of a seed file.
 * @throws AssertionError naming the input when one of them is read wrongly or crashes.
 */
export async function fuzz(file: SeedFile, { seed, from, to, started }: FuzzRange): Promise<FuzzCounts> {
  const counts: FuzzCounts = { opened: 0, refused: 0 };
  const others = await allSeeds();
  const bytes = await file.bytes();
  for (let number = from; number < to; number++) {
    started?.(number);
    try {
      const opened = await readWhatever(mutatedInput(bytes, others, seed, number), file.file);
      counts[opened ? 'opened' : 'refused']++;
    } catch (cause) {
      throw new Error(`${file.name}: seed ${seed}, input ${number}: ${(cause as Error).message}`, { cause });
    }
  }
  return counts;
}
