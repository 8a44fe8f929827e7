import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { planeWriter } from '../../../../engine/datasets/planeSource';
import type { StaticImages } from '../../../../engine/datasets/staticImages';
import { noise } from '../../images/pillowVectors';

/** An image of noise; the ending of the file decides the format. */
export async function writeImage(file: string, seed: number, width = 9, height = 7): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const raw = { width, height, channels: 3 } as const;
  await sharp(Buffer.from(noise(width * height * 3, seed)), { raw }).toFile(file);
}

/** Bytes of a JPEG of noise, 9 x 7 pixels. */
export function photoBytes(seed: number): Promise<Buffer> {
  const raw = { width: 9, height: 7, channels: 3 } as const;
  return sharp(Buffer.from(noise(9 * 7 * 3, seed)), { raw })
    .jpeg()
    .toBuffer();
}

/** Bytes of a black-on-white drawing, in grey as Omniglot has them. */
export async function drawingBytes(seed: number): Promise<Buffer> {
  const pixels = noise(105 * 105, seed).map((value) => (value > 40 ? 255 : 0));
  const raw = { width: 105, height: 105, channels: 1 } as const;
  return sharp(Buffer.from(pixels), { raw }).toColourspace('b-w').png().toBuffer();
}

/** Replaces a file by the first half of a JPEG. */
export async function damage(file: string): Promise<void> {
  const raw = { width: 64, height: 64, channels: 3 } as const;
  const whole = await sharp(Buffer.from(noise(64 * 64 * 3, 1)), { raw })
    .jpeg()
    .toBuffer();
  await writeFile(file, whole.subarray(0, whole.length / 2));
}

/** The plane of an image, [S, S]. */
export function planeOf(images: StaticImages, image: number, size: number): Float32Array {
  const target = new Float32Array(size * size + 2).fill(-1);
  planeWriter(images.planes, size)(image, target, 1);
  assert.deepEqual([target[0], target.at(-1)], [-1, -1], 'nothing is written outside the plane');
  return target.slice(1, -1);
}

/** The colours of an image, [S, S, 3]. */
export function coloursOf(images: StaticImages, image: number, size: number): Float32Array {
  const target = new Float32Array(size * size * 3);
  images.colours(size).write(image, target, 0);
  return target;
}

/** Values in [0, 1] as whole bytes; fails where they are none. */
export function asBytes(values: Float32Array): Uint8Array {
  return Uint8Array.from(values, (value) => {
    const byte = Math.round(value * 255);
    assert.ok(Math.abs(value - byte / 255) < 1e-7, `${value} is no multiple of 1/255`);
    return byte;
  });
}
