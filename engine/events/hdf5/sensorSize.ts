import { sampleRows } from '../columns/columnRecording';
import { decodeNumbers } from '../columns/numericType';
import type { SensorSize } from '../eventBatch';
import type { Found } from '../recording';
import { found } from '../recordingFacts';
import { rowReader } from './datasetRows';
import type { Hdf5Events } from './eventsOf';
import { attributeNumbers, attributeText, type Hdf5File } from './hdf5File';
import { type EventLayout, groupOf } from './layouts';

/** DSEC's cameras, which its files do not name. */
const DSEC_SIZE: SensorSize = { width: 640, height: 480 };
/** MVSEC's cameras (DAVIS346). */
const MVSEC_SIZE: SensorSize = { width: 346, height: 260 };

function sized(width: number | undefined, height: number | undefined, how: string) {
  return width && height && width > 0 && height > 0 ? found({ width, height }, how) : undefined;
}

/** Whether the first and last events lie inside. */
async function holds({ events }: Hdf5Events, { width, height }: SensorSize): Promise<boolean> {
  const x = await sampleRows(events.columns.x, events.rows);
  const y = await sampleRows(events.columns.y, events.rows);
  return x.every((value) => value < width) && y.every((value) => value < height);
}

/** The sensor's size: attributes of Prophesee and event_utils, a resolution dataset, pictures, or the known layout. */
export async function findSize(
  file: Hdf5File,
  layout: EventLayout,
  stream: Hdf5Events,
): Promise<Found<SensorSize> | undefined> {
  const path = layout.kind === 'columns' ? layout.columns.t.path : layout.dataset.path;
  const groups = ancestors(path);
  return (
    sizeInText(file, groups) ??
    sizeInNumbers(file, groups) ??
    (await sizeInPair(file, groups, stream)) ??
    (await sizeInDatasets(file, groups)) ??
    sizeOfPictures(file, groups) ??
    (await sizeOfLayout(file, layout, stream))
  );
}

/** The groups around an object, innermost first, the root as "/". */
function ancestors(path: string): string[] {
  const groups: string[] = [];
  for (let group = groupOf(path); group !== ''; group = groupOf(group)) {
    groups.push(group);
  }
  return [...groups, '/'];
}

function sizeInText(file: Hdf5File, groups: readonly string[]): Found<SensorSize> | undefined {
  for (const group of groups) {
    const geometry = /^\s*(\d+)\s*x\s*(\d+)/.exec(attributeText(file, group, 'geometry') ?? '');
    const format = attributeText(file, group, 'format') ?? '';
    const width = /width=(\d+)/.exec(format)?.[1] ?? geometry?.[1];
    const height = /height=(\d+)/.exec(format)?.[1] ?? geometry?.[2];
    const size = sized(Number(width), Number(height), `attribute ${geometry ? 'geometry' : 'format'}`);
    if (size) {
      return size;
    }
  }
  return undefined;
}

function sizeInNumbers(file: Hdf5File, groups: readonly string[]): Found<SensorSize> | undefined {
  for (const group of groups) {
    const [width] = attributeNumbers(file, group, 'width') ?? [];
    const [height] = attributeNumbers(file, group, 'height') ?? [];
    const size = sized(width, height, 'attributes width and height');
    if (size) {
      return size;
    }
  }
  return undefined;
}

const PAIRS = ['sensor_resolution', 'resolution', 'sensor_size'];

/** event_utils writes height and width, others width and height: the larger is the width unless events disprove it. */
async function sizeInPair(
  file: Hdf5File,
  groups: readonly string[],
  stream: Hdf5Events,
): Promise<Found<SensorSize> | undefined> {
  for (const [group, name] of groups.flatMap((each) => PAIRS.map((pair) => [each, pair] as const))) {
    const [one = 0, other = 0] = attributeNumbers(file, group, name) ?? [];
    const landscape = sized(Math.max(one, other), Math.min(one, other), `attribute ${name}`);
    if (landscape) {
      const { width, height } = landscape.value;
      return (await holds(stream, landscape.value)) ? landscape : sized(height, width, landscape.how);
    }
  }
  return undefined;
}

/** Datasets beside the events: width and height, or calib/resolution (M3ED: width and height). */
async function sizeInDatasets(
  file: Hdf5File,
  groups: readonly string[],
): Promise<Found<SensorSize> | undefined> {
  for (const group of groups.map((each) => (each === '/' ? '' : each))) {
    const [w] = await numbersIn(file, `${group}/width`, 1);
    const [h] = await numbersIn(file, `${group}/height`, 1);
    const [width, height] = await numbersIn(file, `${group}/calib/resolution`, 2);
    const size =
      sized(w, h, `datasets ${group}/width and height`) ??
      sized(width, height, `dataset ${group}/calib/resolution`);
    if (size) {
      return size;
    }
  }
  return undefined;
}

/** The numbers of a dataset that holds exactly `count` of them; else none. */
async function numbersIn(file: Hdf5File, path: string, count: number): Promise<Iterable<number>> {
  const dataset = file.datasets.find((each) => each.path === path);
  const type = dataset?.members[0]?.type;
  if (!dataset || !type || dataset.rows * dataset.width !== count) {
    return [];
  }
  const bytes = await (await rowReader(file, dataset))(0, dataset.rows);
  return decodeNumbers(bytes, { type, offset: 0, stride: type.size }, count);
}

/** Pictures beside the events: N x height x width. */
function sizeOfPictures({ datasets }: Hdf5File, groups: readonly string[]): Found<SensorSize> | undefined {
  const pictures = datasets.find(
    ({ path, shape }) =>
      groups.includes(groupOf(path) || '/') && /image_raw$/.test(path) && shape.length === 3,
  );
  return pictures && sized(pictures.shape[2], pictures.shape[1], `shape of ${pictures.path}`);
}

async function sizeOfLayout({ datasets }: Hdf5File, layout: EventLayout, stream: Hdf5Events) {
  const has = (path: string) => datasets.some((dataset) => dataset.path === path);
  if (layout.kind === 'columns' && has('/ms_to_idx') && has('/t_offset')) {
    return (await holds(stream, DSEC_SIZE)) ? found(DSEC_SIZE, 'layout of DSEC') : undefined;
  }
  const isMvsec = layout.kind === 'matrix' && /^davis\/(left|right)\/events$/.test(layout.name);
  return isMvsec && (await holds(stream, MVSEC_SIZE)) ? found(MVSEC_SIZE, 'layout of MVSEC') : undefined;
}
