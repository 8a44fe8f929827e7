import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { randomStream } from '../../../engine/datasets/random';
import { allocateEvents } from '../../../engine/events/eventBatch';
import { encodeNmnistBin } from '../../../engine/events/nmnistBin';

/** Classes of the miniature, in index order. */
export const MINIATURE_CLASSES = ['accordion', 'airplanes', 'anchor'] as const;
/** Recordings, and photos of them, per class. */
export const MINIATURE_PER_CLASS = 12;

function recording(number: number): Uint8Array {
  const random = randomStream(number, 'miniature');
  const events = allocateEvents(200);
  events.t.set(Array.from(events.t, () => random.below(300_000)).sort((left, right) => left - right));
  for (let index = 0; index < 200; index++) {
    events.x[index] = random.below(60);
    events.y[index] = random.below(45);
    events.polarity[index] = random.below(2);
  }
  return encodeNmnistBin(events);
}

function photo(number: number): Promise<Buffer> {
  const grey = 20 + ((number * 7) % 200);
  const background = { r: grey, g: grey, b: grey };
  return sharp({ create: { width: 20, height: 16, channels: 3, background } })
    .jpeg()
    .toBuffer();
}

/** Writes N-Caltech101 to `<folder>/Caltech101` and Caltech101 to `<folder>/101_ObjectCategories`, both tiny. */
export async function writeCaltechMiniature(folder: string): Promise<void> {
  for (const [label, name] of MINIATURE_CLASSES.entries()) {
    const events = path.join(folder, 'Caltech101', name);
    const images = path.join(folder, '101_ObjectCategories', name);
    await mkdir(events, { recursive: true });
    await mkdir(images, { recursive: true });
    for (let number = 1; number <= MINIATURE_PER_CLASS; number++) {
      const stem = `image_${String(number).padStart(4, '0')}`;
      await writeFile(path.join(events, `${stem}.bin`), recording(100 * label + number));
      await writeFile(path.join(images, `${stem}.jpg`), await photo(100 * label + number));
    }
  }
}

/** Lines of an order file that lists the recordings of every class from last to first. */
export function reversedOrder(): string {
  return MINIATURE_CLASSES.flatMap((name) =>
    Array.from({ length: MINIATURE_PER_CLASS }, (_, index) => {
      const number = MINIATURE_PER_CLASS - index;
      return `./Caltech101/${name}/image_${String(number).padStart(4, '0')}.bin\n`;
    }),
  ).join('');
}
