import type { H5WasmInstance } from 'h5wasm-instances';
import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';

/** An instance of the library: its classes, and the module behind them. */
export interface Hdf5Library extends H5WasmInstance {
  /** Files mounted so far. */
  mounts: number;
  isBroken: boolean;
}

/** Node of the library's file system, as far as it is used here. */
interface FileNode {
  id: number;
  mode: number;
  node_ops: Record<string, unknown>;
  stream_ops: Record<string, unknown>;
}

/** The part of emscripten's file system that mounts a source. */
interface FileSystem {
  writeFile(path: string, data: Uint8Array): void;
  unlink(path: string): void;
  lookupPath(path: string): { node: FileNode };
  getStream?(descriptor: number): { stream_ops: Record<string, unknown> } | null;
  streams?: readonly ({ stream_ops: Record<string, unknown> } | null)[];
}

/** A source that the library sees as a file. */
export interface Mounted {
  readonly path: string;
  /** Last place that the library read: where its failing filter got its chunk. */
  lastRead(): { readonly offset: number; readonly length: number } | undefined;
  forgetReads(): void;
  /** Whether a read since `forgetReads` went beyond the bytes there are. */
  readBeyondEnd(): boolean;
  /** Bytes that the file should have but has not. */
  readonly missing: number;
  unmount(): void;
}

/** Sources that cannot be read at once are copied into memory up to this size. */
const MOST_COPIED_BYTES = 2 ** 28;
const STANDARD_ERROR = 2;
/** Bytes of an instance's memory up to which it is kept, and files that it serves whatever its memory. */
const MOST_KEPT_MEMORY = 2 ** 28;
const FILES_BEFORE_RENEWAL = 16;
/**
 * Files that an instance serves. Damage may change its memory unnoticed: inputs that a fresh one refused at once stopped
 * one that had served 49,000 damaged files.
 */
const MOST_FILES = 256;
/** A file that lacks more than this share of itself is not a cut file but a damaged one. */
const MOST_MISSING = 1000;

let current: Promise<Hdf5Library> | undefined;

/**
 * The HDF5 library for a file that is opened now: the instance that others use, or a new one where that is broken, has
 * grown or has served many files. An instance goes with the last file that is open in it.
 */
export async function loadHdf5(): Promise<Hdf5Library> {
  current ??= load();
  const asked = current;
  const library = await asked;
  if (!isSpent(library)) {
    return library;
  }
  if (current === asked) {
    current = undefined;
  }
  return loadHdf5();
}

/** WebAssembly's memory never shrinks. */
function isSpent({ isBroken, mounts, Module }: Hdf5Library): boolean {
  const hasGrown = mounts >= FILES_BEFORE_RENEWAL && Module.HEAPU8.length > MOST_KEPT_MEMORY;
  return isBroken || hasGrown || mounts >= MOST_FILES;
}

/**
 * Whether the library's WebAssembly was stopped: damage that the library does not notice leads it out of its memory or
 * its stack. The instance is broken then, and files that are opened later get another.
 */
export function isTrap(error: unknown, library: Hdf5Library): boolean {
  const trapped =
    error instanceof WebAssembly.RuntimeError ||
    (error instanceof RangeError && /call stack/.test(error.message));
  library.isBroken ||= trapped;
  return trapped;
}

async function load(): Promise<Hdf5Library> {
  const { createInstance } = await import('h5wasm-instances');
  const { File, Module } = await createInstance();
  silence(fileSystemOf(Module));
  return { File, Module, mounts: 0, isBroken: false };
}

function fileSystemOf({ FS }: Hdf5Library['Module']): FileSystem {
  return FS as unknown as FileSystem;
}

/** The library prints a trace for every failed call; calls are checked by their status instead. */
function silence(files: FileSystem): void {
  const stream = files.getStream?.(STANDARD_ERROR) ?? files.streams?.[STANDARD_ERROR];
  if (stream) {
    stream.stream_ops = {
      ...stream.stream_ops,
      write: (_stream: unknown, _bytes: unknown, _offset: number, length: number) => length,
    };
  }
}

/** Makes a source readable for the library, piece by piece and never as a whole where the source reads at once. */
export async function mount(library: Hdf5Library, source: ByteSource): Promise<Mounted> {
  const files = fileSystemOf(library.Module);
  const read = source.readSync?.bind(source) ?? (await copied(source));
  const path = `/recording-${library.mounts++}`;
  const size = Math.max(source.size, await statedSize(source));
  let last: { offset: number; length: number } | undefined;
  let isBeyond = false;
  files.writeFile(path, new Uint8Array(0));
  const { node } = files.lookupPath(path);
  node.node_ops = { ...node.node_ops, getattr: () => attributesOf(node, size) };
  node.stream_ops = streamOperations(size, (offset, length) => {
    last = { offset, length };
    isBeyond ||= offset + length > source.size && offset < size;
    return read(offset, length);
  });
  return {
    path,
    lastRead: () => last,
    forgetReads: () => {
      last = undefined;
      isBeyond = false;
    },
    readBeyondEnd: () => isBeyond,
    missing: size - source.size,
    unmount: () => files.unlink(path),
  };
}

const SIGNATURE = 0x894844460d0a1a0an;
const LAST_SIGNATURE = 1 << 20;
/** Places of the end-of-file address in superblocks of versions 0 to 3. */
const END_ADDRESS = [40, 44, 28, 28];
const BASE_ADDRESS = [24, 28, 12, 12];

/** Size that the superblock states: the library opens no file that is shorter, so a cut file is shown longer. */
async function statedSize(source: ByteSource): Promise<number> {
  for (let offset = 0; offset <= Math.min(source.size, LAST_SIGNATURE); offset = offset * 2 || 512) {
    const bytes = await source.read(offset, 64);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length === 64 && view.getBigUint64(0) === SIGNATURE) {
      const version = view.getUint8(8);
      const end = Number(view.getBigUint64(END_ADDRESS[version] ?? 40, true));
      const base = Number(view.getBigUint64(BASE_ADDRESS[version] ?? 24, true));
      const size = base > 0 && base === offset && end < source.size ? base + end : end;
      return Number.isSafeInteger(size) && size < source.size * MOST_MISSING ? size : 0;
    }
  }
  return 0;
}

type ReadSync = (offset: number, length: number) => Uint8Array;

async function copied(source: ByteSource): Promise<ReadSync> {
  if (source.size > MOST_COPIED_BYTES) {
    throw new SpikeBridgeError(
      'data',
      'an HDF5 file of this size has to be on a disk: the library reads it in pieces',
      'Copy the file to a local folder and open it there.',
      { file: source.name },
    );
  }
  const bytes = (await source.read(0, source.size)).slice();
  return (offset, length) => bytes.subarray(offset, offset + length);
}

function attributesOf({ id, mode }: FileNode, size: number) {
  const time = new Date(0);
  const blksize = 4096;
  return {
    dev: 1,
    ino: id,
    mode,
    nlink: 1,
    uid: 0,
    gid: 0,
    rdev: 0,
    size,
    atime: time,
    mtime: time,
    ctime: time,
    blksize,
    blocks: Math.ceil(size / blksize),
  };
}

interface Stream {
  readonly position: number;
}

const FROM_CURRENT = 1;
const FROM_END = 2;

function streamOperations(size: number, read: ReadSync): Record<string, unknown> {
  return {
    open() {},
    close() {},
    read(_stream: Stream, buffer: Uint8Array, offset: number, length: number, position: number): number {
      const bytes = position < size ? read(position, length) : new Uint8Array(0);
      buffer.set(bytes, offset);
      return bytes.length;
    },
    llseek(stream: Stream, offset: number, whence: number): number {
      const base = whence === FROM_CURRENT ? stream.position : whence === FROM_END ? size : 0;
      return base + offset;
    },
  };
}
