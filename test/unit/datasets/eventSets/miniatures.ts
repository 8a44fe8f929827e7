import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CALTECH101_CLASSES } from '../../../../engine/datasets/caltechClasses';
import { CEP_DVS_CLASSES } from '../../../../engine/datasets/cepDvsClasses';
import { randomStream } from '../../../../engine/datasets/random';
import { encodeAedat4 } from '../../../tools/containers/aedat4File';
import { matNamed } from '../../../tools/containers/matFile';
import type { EventRow } from '../../../tools/recordings';
import { encodeAedat2Dvs128, encodeAedat3, encodeAtis, encodeDat } from '../../../tools/wordEncoders';

/** Where and when events of a miniature lie. */
interface Scene {
  readonly width: number;
  readonly height: number;
  /** µs, inclusive and exclusive. */
  readonly from?: number;
  readonly to?: number;
  readonly count?: number;
  readonly left?: number;
  readonly top?: number;
}

/** Random events in time order, decided by the seed. */
export function randomRows(seed: number, scene: Scene): EventRow[] {
  const { width, height, from = 0, to = 300_000, count = 60, left = 0, top = 0 } = scene;
  const random = randomStream(seed, 'miniature');
  const times = Array.from({ length: count }, () => from + random.below(to - from));
  return times
    .sort((first, second) => first - second)
    .map((t) => [t, left + random.below(width), top + random.below(height), random.below(2)]);
}

/** Writes a file and the folders it lies in. */
export async function put(file: string, bytes: Uint8Array | string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
  return file;
}

const padded = (number: number, digits: number) => String(number).padStart(digits, '0');

/** The events of a recording of the N-Caltech101 miniature; none lies at the sensor's origin. */
export function caltechRows(label: number, number: number): EventRow[] {
  return randomRows(label * 100 + number, { width: 30 + (label % 7), height: 25, left: 3, top: 5 });
}

/** Caltech101/<class>/image_XXXX.bin: all 101 classes. */
export async function writeNcaltech101(folder: string, perClass: number): Promise<void> {
  for (const [label, { name }] of CALTECH101_CLASSES.entries()) {
    for (let number = 1; number <= perClass; number++) {
      const file = path.join(folder, 'Caltech101', name, `image_${padded(number, 4)}.bin`);
      await put(file, encodeAtis(caltechRows(label, number)));
    }
  }
}

/** The class of a file of the CEP-DVS miniature: classes take turns. */
export const cepDvsLabel = (number: number) => (number * 7) % CEP_DVS_CLASSES.length;

export function cepDvsRows(number: number): EventRow[] {
  return randomRows(number, { width: 40, height: 30 });
}

/** pathFile.csv and data/MAT/img/NNNNN.mat: x, y, ts, p as doubles, p -1 or 1. */
export async function writeCepDvs(folder: string, count: number): Promise<void> {
  const lines = ['number path'];
  for (let number = 0; number < count; number++) {
    const rows = cepDvsRows(number);
    const column = (role: 0 | 1 | 2) => rows.map((row) => row[role]);
    const polarity = rows.map((row) => (row[3] === 1 ? 1 : -1));
    await put(
      path.join(folder, 'data/MAT/img', `${padded(number, 5)}.mat`),
      matNamed({ x: column(1), y: column(2), ts: column(0), p: polarity }),
    );
    const name = CEP_DVS_CLASSES[cepDvsLabel(number)]!;
    lines.push(`${number} img ${padded(number, 5)}.jpg class ${name} fine_${number}`);
  }
  await put(path.join(folder, 'pathFile.csv'), `${lines.join('\n')}\n`);
}

/** Length of a drawing of the N-Omniglot miniature, and of the pause behind it, in µs. */
const DRAWING = 240_000;
const PAUSE = 60_000;
const OMNIGLOT_START = 1_600_000_000_000_000;

/** Start and end of drawing `index` (from 0); the end is the time of the first event behind it. */
export function drawingSlice(index: number): { from: number; to: number } {
  const from = OMNIGLOT_START + index * (DRAWING + PAUSE);
  return { from, to: from + DRAWING };
}

/** Events of 20 drawings with noise in the pauses; each slice begins and ends at an event. */
export function drawingRows(seed: number, count = 60): EventRow[] {
  const rows: EventRow[] = [];
  for (let index = 0; index < 20; index++) {
    const { from, to } = drawingSlice(index);
    const inside = { width: 200, height: 200, left: 70, top: 30 };
    rows.push([from, 100, 100, 1]);
    rows.push(...randomRows(seed * 20 + index, { ...inside, from: from + 1, to: to - 1, count }));
    rows.push([to - 1, 120, 110, 0], [to, 1, 1, 1]);
    rows.push(...randomRows(seed, { ...inside, from: to + 1, to: to + PAUSE, count: 4 }));
  }
  return rows;
}

/** Class names of a part: alphabets of 33 characters. */
export function omniglotClasses(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const alphabet = String.fromCharCode(65 + Math.floor(index / 33));
    return `${prefix}_${alphabet}/character${padded((index % 33) + 1, 2)}`;
  });
}

/** dvs_background|dvs_evaluation/<alphabet>/characterNN/NNNN.aedat4 and NNNN.csv: all characters, three files. */
export async function writeNomniglot(
  folder: string,
  background: number,
  evaluation: number,
  count?: number,
): Promise<void> {
  const options = {
    compression: 'LZ4',
    withTable: true,
    rowsPerPacket: 90,
    width: 346,
    height: 260,
  } as const;
  const recordings = await Promise.all(
    [1, 2, 3].map((seed) => encodeAedat4(drawingRows(seed, count), options)),
  );
  const slices = Array.from({ length: 20 }, (_, index) => drawingSlice(index));
  const csv = ['sample,start,end', ...slices.map(({ from, to }, index) => `${index + 1},${from},${to}`)].join(
    '\n',
  );
  const parts = [
    ['dvs_background', omniglotClasses('Back', background)],
    ['dvs_evaluation', omniglotClasses('Anew', evaluation)],
  ] as const;
  for (const [part, classes] of parts) {
    for (const [index, name] of classes.entries()) {
      const stem = path.join(folder, part, name, padded(index + 1, 4));
      await put(`${stem}.aedat4`, recordings[index % 3]!);
      await put(`${stem}.csv`, `${csv}\n`);
    }
  }
}

export const CIFAR10_NAMES = 'airplane automobile bird cat deer dog frog horse ship truck'.split(' ');

export function cifarRows(label: number, number: number): EventRow[] {
  return randomRows(label * 10 + number, { width: 128, height: 128, from: 2000, to: 1_200_000, count: 400 });
}

/** <class>/cifar10_<class>_<n>.aedat (version 1), or .aedat4 (version 2). */
export async function writeCifar10Dvs(folder: string, version: 1 | 2, perClass: number): Promise<void> {
  const options = {
    compression: 'none',
    withTable: true,
    rowsPerPacket: 50,
    width: 128,
    height: 128,
  } as const;
  for (const [label, name] of CIFAR10_NAMES.entries()) {
    for (let number = 0; number < perClass; number++) {
      const rows = cifarRows(label, number);
      const stem = path.join(folder, name, `cifar10_${name}_${number}`);
      await (version === 1
        ? put(`${stem}.aedat`, encodeAedat2Dvs128(rows))
        : put(`${stem}.aedat4`, await encodeAedat4(rows, options)));
    }
  }
}

/** Labels of a trial of DVS128 Gesture: all eleven classes, the eighth twice; the last two overlap. */
export const GESTURE_ROWS = [1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 10, 11].map((gesture, index) => {
  const from = 80_000_000 + index * 1_000_000;
  return { gesture, from: gesture === 11 ? from - 300_000 : from, to: from + 800_000 };
});

export function gestureRows(seed: number): EventRow[] {
  return randomRows(seed, { width: 128, height: 128, from: 79_000_000, to: 93_000_000, count: 2000 });
}

/** DvsGesture/userNN_<light>.aedat with labels, and the lists of trials. */
export async function writeGesture(folder: string): Promise<void> {
  const root = path.join(folder, 'DvsGesture');
  const trials = { train: ['user01_natural', 'user02_led'], test: ['user24_fluorescent'] };
  const csv = GESTURE_ROWS.map(({ gesture, from, to }) => `${gesture},${from},${to}`).join('\r\n');
  for (const [list, names] of Object.entries(trials)) {
    await put(
      path.join(root, `trials_to_${list}.txt`),
      `${names.map((name) => `${name}.aedat`).join('\n')}\n\n`,
    );
    for (const name of names) {
      await put(path.join(root, `${name}.aedat`), encodeAedat3(gestureRows(name.length)));
      await put(path.join(root, `${name}_labels.csv`), `class,startTime_usec,endTime_usec\r\n${csv}\r\n`);
    }
  }
}

export function carRows(label: number, number: number): EventRow[] {
  return randomRows(label * 50 + number, { width: 60, height: 50, from: 0, to: 100_000 });
}

/** n-cars_train|n-cars_test/{background,cars}/obj_NNNNNN_td.dat */
export async function writeNcars(folder: string, perClass: number): Promise<void> {
  for (const part of ['n-cars_train', 'n-cars_test']) {
    for (const [label, name] of ['background', 'cars'].entries()) {
      for (let number = 1; number <= perClass; number++) {
        const file = path.join(folder, part, name, `obj_${padded(number, 6)}_td.dat`);
        await put(file, encodeDat(carRows(label, number), 2));
      }
    }
  }
}
