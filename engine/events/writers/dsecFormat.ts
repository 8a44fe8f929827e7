import type { Dataset, File as Hdf5File } from 'h5wasm';
import { SpikeBridgeError } from '../../errors';
import type { EventBatch } from '../eventBatch';
import { OthersTurns } from '../othersTurns';
import { throwIfAborted } from '../throwIfAborted';
import { checkLimits, limitsWithin } from './formatLimits';
import type { NewFile } from './newFile';
import type { EncoderOptions, RecordingEncoder, RecordingFormat } from './recordingEncoder';

const CHUNK_ROWS = 65_536;
/** Higher levels take several times as long for a few percent. */
const GZIP_LEVEL = 1;
const MICROSECONDS_PER_MILLISECOND = 1000;
const TIME_LIMIT = 2 ** 32;
const PIXEL_LIMIT = 2 ** 16;

type RowArray = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

/** Compressing takes long: other work has its turns, and may end this one. */
interface LongWork {
  readonly turns: OthersTurns;
  readonly signal: AbortSignal | undefined;
}

/** A dataset of one axis that grows; rows are written in whole chunks. */
class GrowingDataset {
  private rows = 0;
  private pending: RowArray;
  private pendingRows = 0;

  constructor(
    private readonly dataset: Dataset,
    emptyChunk: RowArray,
    private readonly work: LongWork,
  ) {
    this.pending = emptyChunk;
  }

  /** Appends values of the column's own type; other work has its turn where much is compressed. */
  async push(values: RowArray): Promise<void> {
    for (let begin = 0; begin < values.length; ) {
      const end = Math.min(values.length, begin + CHUNK_ROWS - this.pendingRows);
      this.pending.set(values.subarray(begin, end) as never, this.pendingRows);
      this.pendingRows += end - begin;
      begin = end;
      if (this.pendingRows === CHUNK_ROWS) {
        this.flush();
        await this.giveTurn();
      }
    }
  }

  private async giveTurn(): Promise<void> {
    const { turns, signal } = this.work;
    if (turns.isDue()) {
      await turns.give();
      throwIfAborted(signal);
    }
  }

  flush(): void {
    if (this.pendingRows > 0) {
      const next = this.rows + this.pendingRows;
      this.dataset.resize([next]);
      this.dataset.write_slice([[this.rows, next]], this.pending.slice(0, this.pendingRows));
      this.rows = next;
      this.pendingRows = 0;
    }
  }
}

interface ColumnOptions {
  readonly name: string;
  readonly dtype: string;
  /** Memory of one chunk. */
  readonly chunk: RowArray;
  readonly work: LongWork;
}

function createColumn(file: Hdf5File, { name, dtype, chunk, work }: ColumnOptions): GrowingDataset {
  const dataset = file.create_dataset({
    name,
    data: chunk.slice(0, 0),
    shape: [0],
    dtype,
    maxshape: [null],
    chunks: [CHUNK_ROWS],
    compression: 'gzip',
    compression_opts: [GZIP_LEVEL],
  });
  return new GrowingDataset(dataset, chunk, work);
}

/** Index of the first event at or after each millisecond (formats.md 9, DSEC). */
class MillisecondIndex {
  private next = 0;
  private events = 0;
  private last = 0;

  constructor(private readonly dataset: GrowingDataset) {}

  /** @param t sorted. @param offset subtracted from all times, in µs. */
  async push(t: Float64Array, offset: number): Promise<void> {
    for (let index = 0; index < t.length; index++) {
      const time = t[index]! - offset;
      if (this.next * MICROSECONDS_PER_MILLISECOND <= time) {
        await this.fillUntil(Math.floor(time / MICROSECONDS_PER_MILLISECOND) + 1, this.events + index);
      }
      this.last = time;
    }
    this.events += t.length;
  }

  /** Lets all milliseconds before `end` that have none yet name an event: a silence may last for millions. */
  private async fillUntil(end: number, event: number): Promise<void> {
    while (this.next < end) {
      const count = Math.min(CHUNK_ROWS, end - this.next);
      await this.dataset.push(new BigUint64Array(count).fill(BigInt(event)));
      this.next += count;
    }
  }

  /** Closes the last millisecond: DSEC's slicer looks up the end of a range too. */
  async finish(): Promise<void> {
    await this.fillUntil(Math.ceil(this.last / MICROSECONDS_PER_MILLISECOND) + 1, this.events);
    this.dataset.flush();
  }
}

class DsecEncoder implements RecordingEncoder {
  private readonly columns: { t: GrowingDataset; x: GrowingDataset; y: GrowingDataset; p: GrowingDataset };
  private readonly index: MillisecondIndex;
  private offset: number | undefined;
  private events = 0;
  private isClosed = false;

  constructor(
    private readonly file: Hdf5File,
    private readonly place: Pick<NewFile, 'target' | 'temporaryPath'>,
    private readonly options: EncoderOptions,
  ) {
    file.create_group('events');
    const work = { turns: new OthersTurns(), signal: options.signal };
    const column = (name: string, dtype: string, chunk: RowArray) =>
      createColumn(file, { name, dtype, chunk, work });
    this.columns = {
      t: column('events/t', '<I', new Uint32Array(CHUNK_ROWS)),
      x: column('events/x', '<H', new Uint16Array(CHUNK_ROWS)),
      y: column('events/y', '<H', new Uint16Array(CHUNK_ROWS)),
      p: column('events/p', '<B', new Uint8Array(CHUNK_ROWS)),
    };
    this.index = new MillisecondIndex(column('ms_to_idx', '<Q', new BigUint64Array(CHUNK_ROWS)));
  }

  async write(events: EventBatch): Promise<void> {
    this.offset ??= events.t[0];
    if (this.offset === undefined) {
      return;
    }
    const limits = {
      title: 'HDF5 in the DSEC layout',
      width: PIXEL_LIMIT,
      height: PIXEL_LIMIT,
      firstTime: this.offset,
      timeLimit: this.offset + TIME_LIMIT,
    };
    checkLimits(events, limitsWithin(limits, this.options.size));
    const { offset } = this;
    await this.columns.t.push(Uint32Array.from(events.t, (time) => time - offset));
    await this.columns.x.push(events.x);
    await this.columns.y.push(events.y);
    await this.columns.p.push(events.polarity);
    await this.index.push(events.t, offset);
    this.events += events.t.length;
  }

  async finish(): Promise<void> {
    const { file, options } = this;
    for (const column of Object.values(this.columns)) {
      column.flush();
    }
    await this.index.finish();
    const offset = BigInt64Array.of(BigInt(this.offset ?? 0));
    file.create_dataset({ name: 't_offset', data: offset, shape: [], dtype: '<q' });
    const { width, height } = options.size;
    file.create_attribute('sensor_resolution', Int32Array.of(height, width), [2], '<i');
    this.dispose();
    await requireWritten(this.place, this.events);
  }

  dispose(): void {
    if (!this.isClosed) {
      this.isClosed = true;
      this.file.close();
    }
  }
}

/**
 * The library tells nobody when the disk refuses a write: what was written is opened again, which it refuses for a file
 * that ends early, and must have its last event.
 * @throws SpikeBridgeError (data) where it is not complete.
 */
async function requireWritten(
  { target, temporaryPath }: Pick<NewFile, 'target' | 'temporaryPath'>,
  events: number,
): Promise<void> {
  const { File } = await import('h5wasm/node');
  try {
    const file = new File(temporaryPath, 'r');
    try {
      const times = file.get('events/t') as Dataset;
      const rows = times.shape?.[0] ?? 0;
      const last = events > 0 ? (times.slice([[events - 1, events]]) as ArrayLike<number>).length : 0;
      if (rows === events && last === Math.min(events, 1)) {
        return;
      }
    } finally {
      file.close();
    }
  } catch {
    // It is not complete.
  }
  throw new SpikeBridgeError(
    'data',
    'the disk is full, or refused a part of the file',
    'Free some space, or write to another disk. Nothing was left behind.',
    { file: target },
  );
}

async function openHdf5(file: NewFile): Promise<Hdf5File> {
  const h5wasm = await import('h5wasm/node');
  await h5wasm.ready;
  return new h5wasm.File(file.temporaryPath, 'w');
}

/**
 * HDF5 in the layout of DSEC (formats.md 9): events/{t,x,y,p} (t in µs from t_offset), ms_to_idx, t_offset; gzip. The
 * root attribute sensor_resolution holds height and width.
 */
export const DSEC_FORMAT: RecordingFormat = {
  format: 'hdf5',
  name: 'hdf5',
  title: 'HDF5 (DSEC layout)',
  suffixes: ['.h5', '.hdf5'],
  isOrdered: true,
  statesSize: true,
  isStreamed: false,
  open: async (file, options) => new DsecEncoder(await openHdf5(file), file, options),
};
