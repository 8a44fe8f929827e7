import { sampleRows } from '../columns/columnRecording';
import { detectTimeUnit, toMicroseconds } from '../columns/timeUnit';
import type { FrameSample, ImuSample, Track, TriggerSample } from '../tracks';
import { columnsOfDataset } from './datasetColumns';
import { rowReader } from './datasetRows';
import type { Hdf5Dataset, Hdf5File } from './hdf5File';

const ROWS_PER_STEP = 4096;
const GRAVITY = 9.80665;
const DEGREES_PER_RADIAN = 180 / Math.PI;

/** Pictures, IMU samples (MVSEC, M3ED) and triggers (Prophesee) beside the events. */
export function tracksOf(file: Hdf5File): Track[] {
  return file.datasets.flatMap((dataset) => {
    if (/\/EXT_TRIGGER\/events$/.test(dataset.path) && dataset.isCompound) {
      return [triggerTrack(file, dataset)];
    }
    const times = file.datasets.find(({ path }) => path === `${dataset.path}_ts`);
    if (!times || times.rows !== dataset.rows || times.width !== 1) {
      return [];
    }
    if (isPictures(dataset)) {
      return [frameTrack(file, dataset, times)];
    }
    return /\/imu$/.test(dataset.path) && dataset.width === 6 ? [imuTrack(file, dataset, times)] : [];
  });
}

function isPictures({ path, shape, members }: Hdf5Dataset): boolean {
  const [type] = members.map((member) => member.type);
  return (
    /image_raw$|\/(images?|data)$/.test(path) &&
    type?.size === 1 &&
    (shape.length === 3 || (shape.length === 4 && (shape[3] === 1 || shape[3] === 3)))
  );
}

/** Times of all samples in µs; they are few. */
async function timesOf(file: Hdf5File, dataset: Hdf5Dataset): Promise<Float64Array> {
  const [column] = await columnsOfDataset(file, dataset);
  const values = await sampleRows(column!, dataset.rows);
  const unit = detectTimeUnit({ values, rows: 0, isFloat: column!.isFloat }, {});
  return toMicroseconds(await column!.read(0, dataset.rows), unit.value);
}

function frameTrack(file: Hdf5File, dataset: Hdf5Dataset, times: Hdf5Dataset): Track {
  const [, height = 0, width = 0, channels = 1] = dataset.shape;
  async function* samples(first: number, last: number): AsyncGenerator<FrameSample> {
    const read = await rowReader(file, dataset);
    const all = await timesOf(file, times);
    for (let row = 0; row < all.length; row++) {
      const t = all[row]!;
      if (t >= first && t < last) {
        const pixels = await read(row, 1);
        yield { kind: 'frame', t, width, height, channels: channels === 3 ? 3 : 1, pixels };
      }
    }
  }
  return { kind: 'frame', name: `frames (${dataset.path.slice(1)})`, count: dataset.rows, samples };
}

/** MVSEC: three accelerations in m/s², three rotations in rad/s. */
function imuTrack(file: Hdf5File, dataset: Hdf5Dataset, times: Hdf5Dataset): Track {
  async function* samples(first: number, last: number): AsyncGenerator<ImuSample> {
    const columns = await columnsOfDataset(file, dataset);
    const all = await timesOf(file, times);
    for (let start = 0; start < all.length; start += ROWS_PER_STEP) {
      const values: Float64Array[] = [];
      for (const column of columns) {
        values.push(await column.read(start, ROWS_PER_STEP));
      }
      const value = (column: number, row: number, scale: number) => values[column]![row - start]! * scale;
      for (let row = start; row < Math.min(all.length, start + ROWS_PER_STEP); row++) {
        const t = all[row]!;
        if (t >= first && t < last) {
          const g = 1 / GRAVITY;
          const degrees = DEGREES_PER_RADIAN;
          yield {
            kind: 'imu',
            t,
            acceleration: [value(0, row, g), value(1, row, g), value(2, row, g)],
            rotation: [value(3, row, degrees), value(4, row, degrees), value(5, row, degrees)],
          };
        }
      }
    }
  }
  return { kind: 'imu', name: `IMU (${dataset.path.slice(1)})`, count: dataset.rows, samples };
}

function triggerTrack(file: Hdf5File, dataset: Hdf5Dataset): Track {
  async function* samples(first: number, last: number): AsyncGenerator<TriggerSample> {
    for (let start = 0; start < dataset.rows; start += ROWS_PER_STEP) {
      const [t, p, id] = await membersOf(file, dataset, ['t', 'p', 'id'], start);
      for (const [row, time] of t!.entries()) {
        if (time >= first && time < last) {
          yield { kind: 'trigger', t: time, label: `channel ${id![row]}`, level: p![row] ? 1 : 0 };
        }
      }
    }
  }
  return { kind: 'trigger', name: 'triggers (EXT_TRIGGER)', count: dataset.rows, samples };
}

/** Members of a compound by name; one that is missing reads as nothing. */
async function membersOf(
  file: Hdf5File,
  dataset: Hdf5Dataset,
  names: readonly string[],
  start: number,
): Promise<Float64Array[]> {
  const columns = await columnsOfDataset(file, dataset);
  const values: Float64Array[] = [];
  for (const name of names) {
    const column = columns[dataset.members.findIndex((member) => member.name === name)];
    values.push((await column?.read(start, ROWS_PER_STEP)) ?? new Float64Array(0));
  }
  return values;
}
