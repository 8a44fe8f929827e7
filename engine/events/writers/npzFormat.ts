import { Zip, ZipDeflate } from 'fflate';
import { SpikeBridgeError } from '../../errors';
import type { EventBatch } from '../eventBatch';
import { encodeRows, putInt64, type RowLayout } from './byteRows';
import type { ByteSink } from './byteSink';
import { checkLimits } from './formatLimits';
import type { NewFile, ScratchFile } from './newFile';
import { NUMPY_LIMITS } from './npyFormat';
import { npyHeader } from './npyHeader';
import type { RecordingFormat } from './recordingEncoder';

interface Column extends RowLayout {
  readonly name: string;
  readonly descr: string;
}

/** One array per column, named as SpikingJelly names them (formats.md 10). */
const COLUMNS: readonly Column[] = [
  {
    name: 't',
    descr: "'<i8'",
    bytesPerRow: 8,
    put: (view, offset, { t }, index) => putInt64(view, offset, t[index]!),
  },
  {
    name: 'x',
    descr: "'<u2'",
    bytesPerRow: 2,
    put: (view, offset, { x }, index) => view.setUint16(offset, x[index]!, true),
  },
  {
    name: 'y',
    descr: "'<u2'",
    bytesPerRow: 2,
    put: (view, offset, { y }, index) => view.setUint16(offset, y[index]!, true),
  },
  {
    name: 'p',
    descr: "'|u1'",
    bytesPerRow: 1,
    put: (view, offset, { polarity }, index) => view.setUint8(offset, polarity[index]!),
  },
];

/** Sizes of a zip without its 64-bit extension. */
const ZIP_LIMIT = 2 ** 32;

function checkZipSize(file: NewFile, bytes: number): void {
  if (bytes >= ZIP_LIMIT) {
    throw new SpikeBridgeError(
      'data',
      'an NPZ of more than 4 GiB cannot be written',
      'Write NPY or HDF5 instead, or a shorter range.',
      { file: file.target },
    );
  }
}

/** Feeds a scratch file through the compressor of a zip member; the zip's output is written after each piece. */
async function addMember(
  zip: Zip,
  column: Column,
  rows: number,
  scratch: ScratchFile,
  drain: () => Promise<void>,
): Promise<void> {
  const member = new ZipDeflate(`${column.name}.npy`, { level: 6 });
  zip.add(member);
  member.push(npyHeader(column.descr, rows));
  for await (const piece of scratch.pieces()) {
    member.push(piece);
    await drain();
  }
  member.push(new Uint8Array(0), true);
  await drain();
}

/** Puts the members together. */
async function writeZip(sink: ByteSink, rows: number, scratches: readonly ScratchFile[]): Promise<void> {
  let produced: Uint8Array[] = [];
  let failure: unknown;
  const zip = new Zip((error, chunk) => {
    failure ??= error ?? undefined;
    produced.push(chunk);
  });
  const drain = async () => {
    if (failure) {
      throw failure;
    }
    const chunks = produced;
    produced = [];
    for (const chunk of chunks) {
      await sink.append(chunk);
    }
  };
  for (const [index, column] of COLUMNS.entries()) {
    await addMember(zip, column, rows, scratches[index]!, drain);
  }
  zip.end();
  await drain();
}

/** NumPy's archive of the arrays t (i8, µs), x, y (u2) and p (u1), deflated, in the order of the recording. */
export const NPZ_FORMAT: RecordingFormat = {
  format: 'npz',
  name: 'npz',
  title: 'NumPy archive (t, x, y, p)',
  suffixes: ['.npz'],
  isOrdered: false,
  statesSize: false,
  isStreamed: false,
  async open(file) {
    const sink = await file.sink();
    // One column after another in the zip: each is kept in a file of its own until all are complete.
    const scratches = await Promise.all(COLUMNS.map(({ name }) => file.scratch(name)));
    let count = 0;
    return {
      async write(events: EventBatch) {
        checkLimits(events, NUMPY_LIMITS);
        for (const [index, column] of COLUMNS.entries()) {
          await scratches[index]!.sink.append(encodeRows(events, column));
        }
        count += events.t.length;
        checkZipSize(file, scratches[0]!.sink.size * 2);
      },
      finish: () => writeZip(sink, count, scratches),
    };
  },
};
