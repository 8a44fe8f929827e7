import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { SpikeBridgeError } from '../../../engine/errors';
import { asColour, channelOf, greyOf } from '../../../engine/images/channel';
import { decodeImage } from '../../../engine/images/decodeImage';
import { pillowResize } from '../../../engine/images/pillowResize';
import { withFolder } from '../datasets/fixtures';
import { fnv, noise, PILLOW } from './pillowVectors';

function decodeBytes(name: string, bytes: Uint8Array) {
  return withFolder(async (folder) => {
    const file = path.join(folder, name.replaceAll(':', '-'));
    await writeFile(file, bytes);
    return decodeImage(file);
  });
}

const edge = fc.integer({ min: 1, max: 40 });

describe('pillowResize', () => {
  for (const { width, height, channels, size, seed, values, fnv: expected } of PILLOW.resize) {
    it(`gives Pillow's bytes for ${width} x ${height} x ${channels} to ${size} x ${size}`, () => {
      const resized = pillowResize(
        { width, height, channels, pixels: noise(width * height * channels, seed) },
        size,
      );
      if (values) {
        assert.deepEqual([...resized], values);
      }
      assert.equal(fnv(resized), expected);
    });
  }

  it('keeps an image of the wanted size, and one colour whatever the sizes', () => {
    fc.assert(
      fc.property(edge, edge, edge, fc.nat(255), (width, height, size, value) => {
        const image = {
          width,
          height,
          channels: 1,
          pixels: new Uint8Array(width * height).fill(value),
        } as const;
        assert.ok(pillowResize(image, size).every((each) => each === value));
        const pixels = noise(size * size * 3, width + 1);
        assert.deepEqual(pillowResize({ width: size, height: size, channels: 3, pixels }, size), pixels);
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('stays between the smallest and largest value, and resizes channels one by one', () => {
    fc.assert(
      fc.property(edge, edge, edge, fc.nat(1000), (width, height, size, seed) => {
        const pixels = noise(width * height * 3, seed);
        const resized = pillowResize({ width, height, channels: 3, pixels }, size);
        for (const channel of [0, 1, 2]) {
          const plane = pixels.filter((_, position) => position % 3 === channel);
          const alone = pillowResize({ width, height, channels: 1, pixels: plane }, size);
          assert.deepEqual(
            resized.filter((_, position) => position % 3 === channel),
            alone,
          );
          assert.ok(Math.min(...alone) >= Math.min(...plane) && Math.max(...alone) <= Math.max(...plane));
        }
      }),
      { seed: 6, numRuns: 100 },
    );
  });
});

describe('channels of an image', () => {
  const image = (seed: number) => ({ width: 100, height: 1, channels: 3, pixels: noise(300, seed) }) as const;

  it("V is that of OpenCV's 8-bit HSV", () => {
    assert.deepEqual([...channelOf(image(PILLOW.value.seed), 'value')], PILLOW.value.values);
  });

  it('blue is the last channel; a grey image is its own', () => {
    const colour = image(3);
    assert.deepEqual(
      channelOf(colour, 'blue'),
      colour.pixels.filter((_, position) => position % 3 === 2),
    );
    const grey = { width: 2, height: 1, channels: 1, pixels: Uint8Array.of(7, 9) } as const;
    assert.equal(channelOf(grey, 'blue'), grey.pixels);
    assert.deepEqual([...asColour(grey.pixels, 1)], [7, 7, 7, 9, 9, 9]);
  });

  it("grey is Pillow's mode L", () => {
    assert.deepEqual([...greyOf(image(PILLOW.grey.seed)).pixels], PILLOW.grey.values);
  });
});

describe('decodeImage', () => {
  for (const { name, bytes, fnv: expected, ...shape } of PILLOW.files) {
    it(`decodes ${name} to Pillow's numbers`, async () => {
      const { pixels, ...decoded } = await decodeBytes(name, Buffer.from(bytes, 'base64'));
      assert.deepEqual(decoded, shape);
      assert.equal(fnv(pixels), expected);
    });
  }

  it('names the file that is missing, empty, truncated or no image', async () => {
    const whole = Buffer.from(PILLOW.files[1]!.bytes, 'base64');
    const damaged = [
      Buffer.alloc(0),
      whole.subarray(0, whole.length / 2),
      Buffer.from('not an image'),
      whole.subarray(0, 30),
    ];
    for (const bytes of damaged) {
      await assert.rejects(decodeBytes('photo.jpg', bytes), (error: SpikeBridgeError) => {
        assert.equal(error.category, 'data');
        assert.equal(path.basename(error.place.file!), 'photo.jpg');
        assert.match(error.message, /damaged or of no known format/);
        return true;
      });
    }
    await assert.rejects(
      decodeBytes('photo.jpg', Buffer.from('BM6\0\0\0')),
      /a BMP image, which cannot be read/,
    );
    await assert.rejects(decodeImage('nowhere/photo.jpg'), { category: 'data', message: /ENOENT/ });
  });

  it('never fails with anything but a typed error', async () => {
    const whole = Buffer.from(PILLOW.files[0]!.bytes, 'base64');
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [position, value] of changes) {
          bytes[position] = value;
        }
        try {
          const { width, height, channels, pixels } = await decodeBytes('photo.jpg', bytes);
          assert.equal(pixels.length, width * height * channels);
        } catch (error) {
          assert.ok(error instanceof SpikeBridgeError, String(error));
        }
      }),
      { seed: 4, numRuns: 150 },
    );
  });
});
