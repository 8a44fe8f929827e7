import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { augmentationSchema } from '../../../engine/datasets/augmentationSchema';
import type { EventDataOf } from '../../../engine/datasets/eventDataSchema';
import { encodeIdxImages, encodeIdxLabels } from '../../../engine/datasets/idx';
import { randomStream } from '../../../engine/datasets/random';
import { splitSchema } from '../../../engine/datasets/splitSchema';
import { allocateEvents } from '../../../engine/events/eventBatch';
import { encodeNmnistBin } from '../../../engine/events/nmnistBin';

/** Runs `use` with a new temporary folder, which is removed afterwards. */
export async function withFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-test-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Bytes of a recording of 40 random events in 300 ms, decided by the number. */
export function recordingBytes(number: number): Uint8Array {
  const random = randomStream(number, 'fixture');
  const events = allocateEvents(40);
  events.t.set(Array.from(events.t, () => random.below(300_000)).sort((left, right) => left - right));
  for (let index = 0; index < 40; index++) {
    events.x[index] = random.below(34);
    events.y[index] = random.below(34);
    events.polarity[index] = random.below(2);
  }
  return encodeNmnistBin(events);
}

/** Path of a recording inside the data set. */
export function recordingFile(split: string, digit: number | string, number: number): string {
  return `${split}/${digit}/${String(number).padStart(5, '0')}.bin`;
}

/** Writes Train|Test/<digit>/<number>.bin: numbers 1 to `perClass` of each class and split. */
export async function writeRecordings(
  folder: string,
  classes: readonly number[],
  perClass: number,
): Promise<void> {
  for (const split of ['Train', 'Test']) {
    for (const digit of classes) {
      await mkdir(path.join(folder, split, String(digit)), { recursive: true });
      for (let number = 1; number <= perClass; number++) {
        const file = path.join(folder, recordingFile(split, digit, number));
        await writeFile(file, recordingBytes(digit * 1000 + number));
      }
    }
  }
}

/** Writes train-images and train-labels with the given labels; every pixel of image i has the value i + 1. */
export async function writeImages(folder: string, labels: readonly number[], edge = 4): Promise<void> {
  const pixels = Uint8Array.from({ length: labels.length * edge * edge }, (_, index) => {
    return Math.floor(index / (edge * edge)) + 1;
  });
  await mkdir(folder, { recursive: true });
  const images = { count: labels.length, height: edge, width: edge, pixels };
  await writeFile(path.join(folder, 'train-images-idx3-ubyte'), encodeIdxImages(images));
  await writeFile(path.join(folder, 'train-labels-idx1-ubyte'), encodeIdxLabels(Uint8Array.from(labels)));
}

/** What a configuration has where it says nothing. */
export const DATA_DEFAULTS = {
  split: splitSchema.parse({}),
  sampling: 'shuffle',
  lastBatch: 'carry',
  augmentation: augmentationSchema.parse({}),
} as const;

/** An event configuration that takes all of Train and Test. */
export function eventConfiguration(folder: string): EventDataOf<'n-mnist'> {
  return { format: 'n-mnist', folder, train: [{ split: 'Train' }], test: [{ split: 'Test' }] };
}
