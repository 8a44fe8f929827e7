import { spawn } from 'node:child_process';
import { SpikeBridgeError } from '../../errors';
import type { SensorSize } from '../eventBatch';
import type { NewFile } from '../writers/newFile';

type Sharp = typeof import('sharp')['default'];

/** Pictures of one file: all of the same size. */
export interface PictureFile {
  /** @param rgb [height, width, 3]. */
  add(rgb: Uint8Array): Promise<void>;
  /** Completes the file, which is then still to be put in its place. */
  finish(): Promise<void>;
  /** Ends helpers where the file is not finished. */
  dispose(): void;
}

/** How pictures are stored. */
export interface PictureFileOptions {
  /** Of the pictures that are added, in pixels. */
  readonly source: SensorSize;
  /** Of the pictures in the file: pixels are repeated or left out. */
  readonly target: SensorSize;
  readonly framesPerSecond: number;
}

async function loadSharp(): Promise<Sharp> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new SpikeBridgeError(
      'data',
      'pictures cannot be written: the image library sharp does not load on this machine',
      'Write .mp4 (needs ffmpeg), or run the command on another machine.',
      {},
      { cause },
    );
  }
}

/** One picture; a second one replaces the first. */
export async function pngFile(file: NewFile, { source, target }: PictureFileOptions): Promise<PictureFile> {
  const sharp = await loadSharp();
  let picture = new Uint8Array(source.width * source.height * 3);
  return {
    async add(rgb) {
      picture = rgb.slice();
    },
    async finish() {
      const image = sharp(picture, { raw: { ...source, channels: 3 } });
      const resized = image.resize({ ...target, kernel: 'nearest', fit: 'fill' });
      const sink = await file.sink();
      await sink.append(await resized.png().toBuffer());
    },
    dispose() {},
  };
}

/** The encoder takes all pictures at once. */
const MOST_GIF_BYTES = 2 ** 29;
/** Delays are stored in hundredths of a second, and players slow shorter ones than two down. */
const MOST_GIF_FPS = 50;
const LONGEST_DELAY = 6553;

/** @throws SpikeBridgeError (usage) for more or fewer pictures a second than a GIF can show. */
function requireGifRate(framesPerSecond: number, file: string): void {
  const refuse = (what: string, nextStep: string) => new SpikeBridgeError('usage', what, nextStep, { file });
  if (framesPerSecond > MOST_GIF_FPS) {
    throw refuse(
      `a GIF cannot show ${framesPerSecond} pictures a second: ${MOST_GIF_FPS} are the most`,
      `Draw fewer (--fps ${MOST_GIF_FPS}; --window sets what each shows), or write .mp4.`,
    );
  }
  if (100 / framesPerSecond > LONGEST_DELAY) {
    throw refuse(
      `a picture of a GIF cannot stand for ${1 / framesPerSecond} s: ${LONGEST_DELAY / 100} s are the most`,
      'Draw more pictures a second (--fps), and let time run faster (--speed) to draw fewer.',
    );
  }
}

/** How long each picture stands, in ms: whole hundredths of a second that never stray from the clock by more than half. */
function gifDelays(count: number, framesPerSecond: number): number[] {
  const at = (picture: number) => Math.round((picture * 100) / framesPerSecond);
  return Array.from({ length: count }, (_, picture) => (at(picture + 1) - at(picture)) * 10);
}

/** Moving pictures that repeat for ever. @throws SpikeBridgeError (usage) for a rate that GIFs cannot say. */
export async function gifFile(
  file: NewFile,
  { source, target, framesPerSecond }: PictureFileOptions,
): Promise<PictureFile> {
  requireGifRate(framesPerSecond, file.target);
  const sharp = await loadSharp();
  const pictures: Uint8Array[] = [];
  const bytes = target.width * target.height * 3;
  return {
    async add(rgb) {
      if ((pictures.length + 1) * bytes > MOST_GIF_BYTES) {
        throw new SpikeBridgeError(
          'data',
          `a GIF of ${pictures.length === 0 ? 'pictures' : `more than ${pictures.length} pictures`} of ${target.width} x ${target.height} takes too much memory`,
          'Draw a shorter range, fewer or smaller pictures (--from, --to, --fps, --speed, --picture), or write .mp4.',
          { file: file.target },
        );
      }
      const image = sharp(rgb, { raw: { ...source, channels: 3 } });
      const resized = image.resize({ ...target, kernel: 'nearest', fit: 'fill' });
      pictures.push(new Uint8Array(await resized.raw().toBuffer()));
    },
    async finish() {
      const all = Buffer.concat(pictures);
      const { width, height } = target;
      const raw = { width, height: height * pictures.length, channels: 3, pageHeight: height } as const;
      const image = sharp(all, { raw, limitInputPixels: false });
      const delay = gifDelays(pictures.length, framesPerSecond);
      const options = { loop: 0, delay, dither: 0, effort: 3 };
      const sink = await file.sink();
      await sink.append(await image.gif(options).toBuffer());
    },
    dispose() {
      pictures.length = 0;
    },
  };
}

function ffmpegArguments(file: NewFile, { source, target, framesPerSecond }: PictureFileOptions): string[] {
  // H.264 in its usual form needs even sides.
  const even = (length: number) => length + (length % 2);
  const size = `scale=${even(target.width)}:${even(target.height)}:flags=neighbor`;
  const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${source.width}x${source.height}`];
  const output = ['-vf', size, '-pix_fmt', 'yuv420p', '-movflags', '+faststart', '-f', 'mp4'];
  return [
    '-v',
    'error',
    '-y',
    ...input,
    '-r',
    `${framesPerSecond}`,
    '-i',
    '-',
    ...output,
    file.temporaryPath,
  ];
}

function ffmpegFailure(file: NewFile, reason: string, cause?: Error): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    `the film cannot be written: ${reason}`,
    'Install ffmpeg (with an H.264 or MPEG-4 encoder), or name a .gif, which needs nothing.',
    { file: file.target },
    { cause },
  );
}

/** A film, by the ffmpeg of the machine; pictures are handed over as they come. */
export async function mp4File(file: NewFile, options: PictureFileOptions): Promise<PictureFile> {
  const child = spawn('ffmpeg', ffmpegArguments(file, options), { stdio: ['pipe', 'ignore', 'pipe'] });
  let complaint = '';
  let failure: SpikeBridgeError | undefined;
  child.stderr.on('data', (text) => {
    complaint = `${complaint}${text}`.slice(-500);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('error', (cause) => {
      failure ??= ffmpegFailure(file, 'this machine has no program ffmpeg on its PATH', cause);
      resolve();
    });
    child.once('close', (code) => {
      failure ??= code === 0 ? undefined : ffmpegFailure(file, `ffmpeg failed: ${complaint.trim()}`);
      resolve();
    });
  });
  // What cannot be written is told by the end of the program.
  child.stdin.on('error', () => {});
  const throwFailure = () => {
    if (failure) {
      throw failure;
    }
  };
  return {
    async add(rgb) {
      throwFailure();
      if (!child.stdin.write(rgb)) {
        await Promise.race([new Promise<void>((resolve) => child.stdin.once('drain', resolve)), ended]);
      }
    },
    async finish() {
      child.stdin.end();
      await ended;
      throwFailure();
    },
    dispose() {
      child.kill();
    },
  };
}
