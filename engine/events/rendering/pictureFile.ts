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

/** @throws SpikeBridgeError (data) where the image library does not load. */
export async function loadSharp(): Promise<Sharp> {
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
