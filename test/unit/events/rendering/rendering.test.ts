import assert from 'node:assert/strict';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { openRecordingFile } from '../../../../engine/events/openRecordingFile';
import type { Recording } from '../../../../engine/events/recording';
import { CameraFrames, framePicture, lastFrame } from '../../../../engine/events/rendering/cameraFrames';
import {
  balancedSaturation,
  PictureCounts,
  paintCounts,
  plainPicture,
} from '../../../../engine/events/rendering/picture';
import { PICTURE_COLORS } from '../../../../engine/events/rendering/pictureColors';
import { PicturePainter } from '../../../../engine/events/rendering/picturePainter';
import { pictureSequence } from '../../../../engine/events/rendering/pictureSequence';
import { magnified } from '../../../../engine/events/rendering/pictureSize';
import {
  type RenderOptions,
  type RenderSummary,
  renderRecording,
} from '../../../../engine/events/rendering/renderRecording';
import type { FrameSample, Track } from '../../../../engine/events/tracks';
import { batchOf, type EventRow } from '../eventRows';
import { type RecordingFolder, recordingFolder, steadyRows } from '../recordingFolder';

const COLORS = PICTURE_COLORS.gray;
const SMALL = { width: 2, height: 1 };

/** Grey frames of one brightness each, 2 x 2, by their times; counts how many were decoded. */
function frameTrack(frames: Readonly<Record<number, number>>): Track & { decoded: number } {
  const track = {
    kind: 'frame' as const,
    name: 'frames',
    decoded: 0,
    async *samples(first: number, last: number) {
      for (const [time, brightness] of Object.entries(frames)) {
        const t = Number(time);
        if (t >= first && t < last) {
          track.decoded++;
          yield {
            kind: 'frame' as const,
            t,
            width: 2,
            height: 2,
            channels: 1 as const,
            pixels: new Uint8Array(4).fill(brightness),
          };
        }
      }
    },
  };
  return track;
}

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
    const picture = paintCounts(counts, plainPicture(counts.size, COLORS.background), COLORS, 2);
    assert.deepEqual([...picture], [211, 211, 211, 0, 0, 0, 255, 255, 255, 128, 128, 128]);
    assert.equal(balancedSaturation(counts), 2);
    counts.clear();
    assert.equal(balancedSaturation(counts), undefined);
  });

  it('show a single event over a picture that lies under them, and leave that as it is', () => {
    const counts = new PictureCounts(SMALL);
    counts.add(batchOf([[1, 1, 0, 1]]), 0, 9);
    const under = Uint8Array.of(10, 20, 30, 10, 20, 30);
    const picture = paintCounts(counts, under, { on: [210, 220, 230], off: [0, 0, 0] }, 1000);
    assert.deepEqual([...picture], [10, 20, 30, 70, 80, 90]);
    assert.deepEqual([...under], [10, 20, 30, 10, 20, 30]);
  });

  it('begin with the strength of the first picture and follow the events slowly', () => {
    const painter = new PicturePainter({ size: SMALL, colors: COLORS });
    const counts = new PictureCounts(SMALL);
    const paint = (events: number) => {
      counts.clear();
      counts.add(batchOf(Array.from({ length: events }, () => [1, 0, 0, 1] as const)), 0, 9);
      return painter.paint(counts, undefined)[0];
    };
    assert.equal(paint(4), 255);
    assert.equal(paint(0), 128);
    assert.equal(paint(2), 128 + Math.round(127 * (0.3 + (0.7 * 2) / 3.9)));
  });

  it('are magnified by whole factors where the sensor is small', () => {
    const size = (width: number, height: number) => Object.values(magnified({ width, height }));
    assert.deepEqual(size(34, 34), [272, 272]);
    assert.deepEqual(size(240, 180), [480, 360]);
    assert.deepEqual(size(346, 260), [346, 260]);
    assert.deepEqual(size(1000, 1), [2000, 2]);
    assert.deepEqual(Object.values(magnified({ width: 10, height: 20 }, 3)), [30, 60]);
  });

  async function sequence(rows: readonly EventRow[], window: number, step: number) {
    async function* events() {
      yield batchOf(rows.slice(0, 2));
      yield batchOf(rows.slice(2));
    }
    const options = { size: SMALL, window, step };
    const pictures: number[][] = [];
    for await (const { counts, from, to } of pictureSequence(events(), options)) {
      pictures.push([from, to, counts.on[0]!, counts.off[1]!]);
    }
    return pictures;
  }

  it('follow each other from the first event to the last', async () => {
    const rows: EventRow[] = [
      [100, 0, 0, 1],
      [109, 0, 0, 1],
      [110, 1, 0, 0],
      [135, 1, 0, 0],
    ];
    assert.deepEqual(await sequence(rows, 10, 10), [
      [100, 110, 2, 0],
      [110, 120, 0, 1],
      [120, 130, 0, 0],
      [130, 140, 0, 1],
    ]);
    assert.deepEqual(await sequence(rows.slice(0, 1), 10, 10), [[100, 110, 1, 0]]);
    assert.deepEqual(await sequence([], 10, 10), []);
  });

  it('may show more than the time between them, and less; the first is full', async () => {
    const rows: EventRow[] = [
      [100, 0, 0, 1],
      [105, 0, 0, 1],
      [125, 1, 0, 0],
    ];
    assert.deepEqual(await sequence(rows, 20, 10), [
      [100, 120, 2, 0],
      [110, 130, 0, 1],
    ]);
    assert.deepEqual(await sequence(rows.slice(0, 2), 50, 10), [[100, 150, 2, 0]]);
    assert.deepEqual(await sequence(rows, 6, 10), [
      [100, 106, 2, 0],
      [110, 116, 0, 0],
      [120, 126, 0, 1],
    ]);
  });
});

describe('camera frames under the events', () => {
  it('are the last before a time, at most two seconds old', async () => {
    const track = frameTrack({ 1000: 1, 2000: 2, 3000000: 3 });
    const brightness = async (end: number) => (await lastFrame(track, end))?.pixels[0];
    assert.deepEqual(await Promise.all([1000, 1001, 2001, 2_001_000, 2_002_001].map(brightness)), [
      undefined,
      1,
      2,
      2,
      undefined,
    ]);
    assert.equal(await lastFrame(undefined, 5), undefined);
  });

  it('are decoded once along a film', async () => {
    const track = frameTrack({ 0: 9, 5000000: 1, 5001000: 2, 9000000: 3 });
    const frames = new CameraFrames(track);
    const shown: (number | undefined)[] = [];
    for (const end of [4_500_000, 5_000_500, 5_000_900, 5_001_001, 8_000_000, 9_000_001]) {
      shown.push((await frames.before(end))?.pixels[0]);
    }
    await frames.close();
    assert.deepEqual(shown, [undefined, 1, 1, 2, undefined, 3]);
    assert.equal(track.decoded, 3);
  });

  it('let the background show through where they are weak', () => {
    const pixels = Uint8Array.of(200, 200);
    const frame: FrameSample = { kind: 'frame', t: 0, ...SMALL, channels: 1, pixels };
    const painter = new PicturePainter({ size: SMALL, colors: COLORS, frameStrength: 0.5 });
    assert.deepEqual([...painter.paint(new PictureCounts(SMALL), frame)], Array(6).fill(164));
    assert.deepEqual([...painter.paint(new PictureCounts(SMALL), undefined)], Array(6).fill(128));
  });

  it('are stretched over the sensor', () => {
    const frame: FrameSample = {
      kind: 'frame',
      t: 0,
      width: 2,
      height: 1,
      channels: 1,
      pixels: Uint8Array.of(7, 9),
    };
    const red = (picture: Uint8Array) => [...picture].filter((_, index) => index % 3 === 0);
    assert.deepEqual(red(framePicture(frame, { width: 4, height: 2 })), [7, 7, 9, 9, 7, 7, 9, 9]);
    const color = { ...frame, width: 1, channels: 3, pixels: Uint8Array.of(1, 2, 3) } as const;
    assert.deepEqual([...framePicture(color, { width: 1, height: 1 })], [1, 2, 3]);
  });
});

describe('renderRecording', () => {
  let folder: RecordingFolder;
  beforeEach(async () => {
    folder = await recordingFolder();
    await folder.write('a.raw', steadyRows(1000, 100));
  });
  afterEach(() => folder.remove());

  async function render(
    target: string,
    options: Partial<RenderOptions> = {},
    tracks: readonly Track[] = [],
  ): Promise<RenderSummary> {
    const recording = await openRecordingFile(folder.file('a.raw'));
    const withTracks: Recording = {
      info: recording.info,
      warnings: recording.warnings,
      tracks,
      events: (state) => recording.events(state),
      close: () => recording.close(),
    };
    try {
      return await renderRecording(withTracks, {
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
    assert.deepEqual([pages, pageHeight, width, delay?.[0], loop], [5, 6 * 48, 6 * 64, 20, 0]);
    assert.equal((await render('slow.gif', { speed: 0.5 })).pictures, 10);
  });

  it('keeps the pixels of each picture of a GIF, the first of which shows events', async () => {
    const range = { from: 1000, to: 41_000, pictureSize: { width: 64, height: 48 } };
    await render('a.gif', range);
    const { data, info } = await sharp(folder.file('a.gif'), { animated: true })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const bytes = 64 * 48 * info.channels;
    for (const picture of [0, 1]) {
      await render('a.png', { ...range, from: 1000 + picture * 20_000, window: 20_000, replace: true });
      const still = await sharp(folder.file('a.png')).raw().toBuffer();
      const film = data.subarray(picture * bytes, (picture + 1) * bytes);
      const off = film.filter((value, index) => Math.abs(value - still[index]!) > 2);
      assert.equal(off.length, 0);
      assert.ok(still.some((value) => value !== 128));
    }
  });

  it('puts the frames of the camera under films and pictures where they are wanted', async () => {
    const track = frameTrack({ 0: 40, 50000: 200 });
    const usual = async (file: string, page: number) => {
      const { data } = await sharp(folder.file(file), { page }).raw().toBuffer({ resolveWithObject: true });
      const levels = new Map<number, number>();
      data.forEach((value) => {
        levels.set(value, (levels.get(value) ?? 0) + 1);
      });
      return [...levels].sort((one, other) => other[1] - one[1])[0]![0];
    };
    await render('a.gif', { frames: true }, [track]);
    for (const [page, brightness] of [40, 40, 200, 200].entries()) {
      // The palette of a GIF rounds.
      assert.ok(Math.abs((await usual('a.gif', page)) - brightness) <= 2, `picture ${page}`);
    }
    await render('a.png', { frames: true, saturation: 10 ** 6 }, [track]);
    assert.equal(await usual('a.png', 0), 200);
    await render('b.gif', {}, [track]);
    assert.ok(Math.abs((await usual('b.gif', 4)) - 128) <= 2);
    await assert.rejects(render('c.gif', { frames: true }), /has no camera frames/);
  });

  it('ends in the middle of a film when it is cancelled', async () => {
    const controller = new AbortController();
    const track = frameTrack({ 0: 1, 60000: 2 });
    const samples = track.samples;
    track.samples = async function* (first, last) {
      for await (const sample of samples(first, last)) {
        if (sample.t > 0) {
          controller.abort();
        }
        yield sample;
      }
    };
    await assert.rejects(render('a.gif', { frames: true, signal: controller.signal }, [track]), /cancelled/);
    assert.deepEqual(await folder.names(), ['a.raw']);
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
      /a GIF of pictures of 16000 x 16000 is too large/,
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
