import assert from 'node:assert/strict';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { openRecordingFile } from '../../../../engine/events/openRecordingFile';
import { balancedSaturation, PictureCounts, paintCounts } from '../../../../engine/events/rendering/picture';
import { PICTURE_COLORS } from '../../../../engine/events/rendering/pictureColors';
import { pictureSequence } from '../../../../engine/events/rendering/pictureSequence';
import {
  type RenderOptions,
  type RenderSummary,
  renderRecording,
} from '../../../../engine/events/rendering/renderRecording';
import { batchOf, type EventRow } from '../eventRows';
import { type RecordingFolder, recordingFolder, steadyRows } from '../recordingFolder';

const COLORS = PICTURE_COLORS.gray;
const SMALL = { width: 2, height: 1 };

describe('pictures of events', () => {
  it('take the colour of the stronger polarity, and saturate', () => {
    const counts = new PictureCounts({ width: 4, height: 1 });
    const rows: EventRow[] = [
      [10, 0, 0, 1],
      [20, 1, 0, 0],
      [21, 1, 0, 0],
      [30, 2, 0, 1],
      [31, 2, 0, 1],
      [32, 2, 0, 1],
      [99, 3, 0, 1],
      [50, 9, 0, 1],
    ];
    counts.add(batchOf(rows), 10, 99);
    const picture = paintCounts(counts, COLORS, 2);
    assert.deepEqual([...picture], [191, 191, 191, 0, 0, 0, 255, 255, 255, 128, 128, 128]);
    assert.equal(balancedSaturation(counts), 2);
  });

  async function sequence(rows: readonly EventRow[], window: number, step: number) {
    async function* events() {
      yield batchOf(rows.slice(0, 2));
      yield batchOf(rows.slice(2));
    }
    const options = { size: SMALL, window, step, colors: COLORS, saturation: 2 };
    const pictures: number[][] = [];
    for await (const { rgb, from, to } of pictureSequence(events(), options)) {
      pictures.push([from, to, rgb[0]!, rgb[3]!]);
    }
    return pictures;
  }

  it('follow each other from the first event to the last', async () => {
    const rows: EventRow[] = [
      [100, 0, 0, 1],
      [109, 0, 0, 1],
      [110, 1, 0, 0],
      [135, 1, 0, 1],
    ];
    assert.deepEqual(await sequence(rows, 10, 10), [
      [100, 110, 255, 128],
      [110, 120, 128, 64],
      [120, 130, 128, 128],
      [130, 140, 128, 191],
    ]);
    assert.deepEqual(await sequence(rows.slice(0, 1), 10, 10), [[100, 110, 191, 128]]);
    assert.deepEqual(await sequence([], 10, 10), []);
  });

  it('may show more than the time between them, and less', async () => {
    const rows: EventRow[] = [
      [100, 0, 0, 1],
      [105, 0, 0, 1],
      [115, 1, 0, 0],
    ];
    assert.deepEqual(await sequence(rows, 20, 10), [
      [90, 110, 255, 128],
      [100, 120, 255, 64],
    ]);
    assert.deepEqual(await sequence(rows, 6, 10), [
      [104, 110, 191, 128],
      [114, 120, 128, 64],
    ]);
  });
});

describe('renderRecording', () => {
  let folder: RecordingFolder;
  beforeEach(async () => {
    folder = await recordingFolder();
    await folder.write('a.raw', steadyRows(1000, 100));
  });
  afterEach(() => folder.remove());

  async function render(target: string, options: Partial<RenderOptions> = {}): Promise<RenderSummary> {
    const recording = await openRecordingFile(folder.file('a.raw'));
    try {
      return await renderRecording(recording, {
        target: folder.file(target),
        size: { width: 64, height: 48 },
        colors: COLORS,
        framesPerSecond: 50,
        speed: 1,
        ...options,
      });
    } finally {
      await recording.close();
    }
  }

  it('draws one picture of the first window, pixel for pixel, enlarged without blur', async () => {
    await render('a.png', {
      from: 1000,
      window: 200,
      saturation: 1,
      pictureSize: { width: 128, height: 96 },
    });
    const { data, info } = await sharp(folder.file('a.png')).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height], [128, 96]);
    const gray = (x: number, y: number) => data[(y * 128 + x) * info.channels];
    // The events at 1000 and 1100 µs are the 10th and 11th.
    const [first, second] = steadyRows(12, 100).slice(10, 12);
    assert.deepEqual(
      [gray(first![1] * 2, first![2] * 2), gray(first![1] * 2 + 1, first![2] * 2 + 1)],
      [0, 0],
    );
    assert.equal(gray(second![1] * 2, second![2] * 2), 255);
    assert.equal(data.filter((value) => value !== 128).length, 2 * 4 * info.channels);
  });

  it('draws moving pictures: 100 ms at 50 pictures a second are five', async () => {
    assert.deepEqual(await render('a.gif'), { pictures: 5, events: 1000 });
    const { pages, pageHeight, width, delay, loop } = await sharp(folder.file('a.gif'), {
      animated: true,
    }).metadata();
    assert.deepEqual([pages, pageHeight, width, delay?.[0], loop], [5, 48, 64, 20, 0]);
    assert.equal((await render('slow.gif', { speed: 0.5 })).pictures, 10);
  });

  it('lets GIFs keep time where a picture is no whole number of hundredths of a second', async () => {
    const { pictures } = await render('a.gif', { framesPerSecond: 30, speed: 0.1 });
    const { delay } = await sharp(folder.file('a.gif'), { animated: true }).metadata();
    assert.equal(pictures, 30);
    assert.deepEqual(delay!.slice(0, 4), [30, 40, 30, 30]);
    assert.equal(
      delay!.reduce((sum, each) => sum + each, 0),
      1000,
    );
  });

  it('hands films to ffmpeg picture by picture, with even sides', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const bin = folder.file('bin');
    await mkdir(bin);
    const script = '#!/bin/sh\nfor last; do :; done\necho "$@" > "$0.arguments"\ncat > "$last"\n';
    await writeFile(path.join(bin, 'ffmpeg'), script, { mode: 0o755 });
    const { PATH } = process.env;
    process.env.PATH = `${bin}${path.delimiter}${PATH}`;
    try {
      assert.equal((await render('a.mp4', { pictureSize: { width: 65, height: 48 } })).pictures, 5);
    } finally {
      process.env.PATH = PATH;
    }
    assert.equal((await stat(folder.file('a.mp4'))).size, 5 * 64 * 48 * 3);
    const given = await readFile(path.join(bin, 'ffmpeg.arguments'), 'utf8');
    assert.match(given, /-s 64x48 -r 50 .*scale=66:48/);
  });

  it('refuses GIFs whose pictures would stand for longer than the format can say', async () => {
    await assert.rejects(render('a.gif', { framesPerSecond: 0.01 }), /cannot stand for 100 s: 65\.53 s/);
  });

  it('refuses sensors and pictures that are too large', async () => {
    const large = { width: 60_000, height: 60_000 };
    await assert.rejects(
      render('a.png', { size: large }),
      /a sensor of 60000 x 60000 pixels is too large to draw/,
    );
    await assert.rejects(
      render('a.png', { pictureSize: large }),
      /a picture of 60000 x 60000 pixels is too large to draw/,
    );
    await assert.rejects(
      render('a.gif', { pictureSize: { width: 16_000, height: 16_000 } }),
      /a GIF of pictures of 16000 x 16000 takes too much memory/,
    );
  });

  it('leaves nothing behind when there is nothing to draw, when it is cancelled, or without ffmpeg', async () => {
    await assert.rejects(render('b.gif', { from: 10 ** 9 }), /no events to draw/);
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(render('b.gif', { signal: controller.signal }), /cancelled/);
    const { PATH } = process.env;
    process.env.PATH = '';
    try {
      await assert.rejects(render('b.mp4'), /ffmpeg/);
    } finally {
      process.env.PATH = PATH;
    }
    await assert.rejects(render('b.jpg'), /\.jpg/);
    assert.deepEqual(await folder.names(), ['a.raw']);
  });
});
