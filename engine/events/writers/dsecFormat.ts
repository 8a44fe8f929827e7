import type { Dataset, File as Hdf5File } from 'h5wasm';
import type { EventBatch } from '../eventBatch';
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

/** A dataset of one axis that grows; rows are written in whole chunks. */
class GrowingDataset {
  private rows = 0;
  private pending: RowArray;
  private pendingRows = 0;

  constructor(
    private readonly dataset: Dataset,
    emptyChunk: RowArray,
  ) {
    this.pending = emptyChunk;
  }

  /** Appends values of the column's own type. */
  push(values: RowArray): void {
    for (let begin = 0; begin < values.length; ) {
      const end = Math.min(values.length, begin + CHUNK_ROWS - this.pendingRows);
      this.pending.set(values.subarray(begin, end) as never, this.pendingRows);
      this.pendingRows += end - begin;
      begin = end;
      if (this.pendingRows === CHUNK_ROWS) {
        this.flush();
      }
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

function createColumn(file: Hdf5File, name: string, dtype: string, chunk: RowArray): GrowingDataset {
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
  return new GrowingDataset(dataset, chunk);
}

/** Index of the first event at or after each millisecond (formats.md 9, DSEC). */
class MillisecondIndex {
  private next = 0;
  private events = 0;
  private last = 0;

  constructor(private readonly dataset: GrowingDataset) {}

  /** @param t sorted. @param offset subtracted from all times, in µs. */
  push(t: Float64Array, offset: number): void {
    for (let index = 0; index < t.length; index++) {
      const time = t[index]! - offset;
      while (this.next * MICROSECONDS_PER_MILLISECOND <= time) {
        this.dataset.push(BigUint64Array.of(BigInt(this.events + index)));
        this.next++;
      }
      this.last = time;
    }
    this.events += t.length;
  }

  /** Closes the last millisecond: DSEC's slicer looks up the end of a range too. */
  finish(): void {
    const end = Math.ceil(this.last / MICROSECONDS_PER_MILLISECOND);
    for (; this.next <= end; this.next++) {
      this.dataset.push(BigUint64Array.of(BigInt(this.events)));
    }
    this.dataset.flush();
  }
}

class DsecEncoder implements RecordingEncoder {
  private readonly columns: { t: GrowingDataset; x: GrowingDataset; y: GrowingDataset; p: GrowingDataset };
  private readonly index: MillisecondIndex;
  private offset: number | undefined;

  constructor(
    private readonly file: Hdf5File,
    private readonly options: EncoderOptions,
  ) {
    file.create_group('events');
    this.columns = {
      t: createColumn(file, 'events/t', '<I', new Uint32Array(CHUNK_ROWS)),
      x: createColumn(file, 'events/x', '<H', new Uint16Array(CHUNK_ROWS)),
      y: createColumn(file, 'events/y', '<H', new Uint16Array(CHUNK_ROWS)),
      p: createColumn(file, 'events/p', '<B', new Uint8Array(CHUNK_ROWS)),
    };
    this.index = new MillisecondIndex(createColumn(file, 'ms_to_idx', '<Q', new BigUint64Array(CHUNK_ROWS)));
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
    this.columns.t.push(Uint32Array.from(events.t, (time) => time - offset));
    this.columns.x.push(events.x);
    this.columns.y.push(events.y);
    this.columns.p.push(events.polarity);
    this.index.push(events.t, this.offset);
  }

  async finish(): Promise<void> {
    const { file, options } = this;
    for (const column of Object.values(this.columns)) {
      column.flush();
    }
    this.index.finish();
    const offset = BigInt64Array.of(BigInt(this.offset ?? 0));
    file.create_dataset({ name: 't_offset', data: offset, shape: [], dtype: '<q' });
    const { width, height } = options.size;
    file.create_attribute('sensor_resolution', Int32Array.of(height, width), [2], '<i');
  }

  dispose(): void {
    this.file.close();
  }
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
  open: async (file, options) => new DsecEncoder(await openHdf5(file), options),
};
