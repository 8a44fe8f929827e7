import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import { columnRecording } from '../columns/columnRecording';
import { missingStream } from '../missingStream';
import type { OpenOptions, Recording, RecordingCodec } from '../recording';
import { found } from '../recordingFacts';
import { WarningLog } from '../warningLog';
import { eventsOf, type Hdf5Events } from './eventsOf';
import { attributesOf, attributeText, damaged, type Hdf5File, openHdf5 } from './hdf5File';
import { type EventLayout, findEvents } from './layouts';
import { isTrap } from './library';
import { findSize } from './sensorSize';
import { tracksOf } from './tracks';

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** The signature stands at byte 0, or behind a user block of 512 bytes times a power of two. */
const LAST_SIGNATURE = 1 << 20;
const MOST_NAMES = 8;

/** HDF5: Prophesee, DSEC, M3ED, MVSEC, and generic columns (formats.md section 9). */
export const hdf5Codec: RecordingCodec = {
  format: 'hdf5',

  async recognise(source) {
    for (let offset = 0; offset <= Math.min(source.size, LAST_SIGNATURE); offset = offset * 2 || 512) {
      const bytes = await source.read(offset, SIGNATURE.length);
      if (SIGNATURE.every((byte, index) => bytes[index] === byte)) {
        return { how: `HDF5 signature at byte ${offset}`, confidence: 'certain' };
      }
    }
    return undefined;
  },

  async open(source, options) {
    const file = await openHdf5(source);
    try {
      return await openEvents(file, options);
    } catch (error) {
      const trapped = isTrap(error, file.instance);
      file.close();
      throw trapped ? damaged(source, error) : error;
    }
  },
};

async function openEvents(file: Hdf5File, options: OpenOptions): Promise<Recording> {
  const layouts = findEvents(file.datasets);
  const { layout, events, columns } = await chooseLayout(file, layouts, options);
  const warnings = new WarningLog();
  if (file.mounted.missing > 0) {
    warnings.add(`the file ends ${file.mounted.missing} bytes before its end`, file.source.size);
  }
  return columnRecording(
    events,
    {
      source: file.source,
      warnings,
      size: await findSize(file, layout, { events, columns }),
      tracks: tracksOf(file),
      close: async () => file.close(),
      info: {
        format: found('hdf5', 'HDF5 signature'),
        ...versionOf(file),
        ...sensorOf(file),
        streams: layouts.map(({ name }) => name),
        stream: layout.name,
        properties: [
          ['layout', layoutTitle(file, layout)],
          ['columns', columns],
          ['compression', compressionOf(layout)],
          ...attributesOf(file, '/'),
        ],
      },
    },
    options,
  );
}

function datasetOf(layout: EventLayout) {
  return layout.kind === 'columns' ? layout.columns.t : layout.dataset;
}

const FILTER_NAMES: Readonly<Record<number, string>> = {
  1: 'gzip',
  2: 'shuffle',
  3: 'checksum',
  32000: 'LZF',
  32001: 'blosc',
  32004: 'LZ4',
  32015: 'zstd',
  36559: 'ECF',
};

function compressionOf(layout: EventLayout): string {
  const names = datasetOf(layout).filters.map(({ id, name }) => FILTER_NAMES[id] ?? (name || `filter ${id}`));
  return names.join(', ') || 'none';
}

function layoutTitle({ datasets }: Hdf5File, layout: EventLayout): string {
  const has = (pattern: RegExp) => datasets.some(({ path }) => pattern.test(path));
  if (layout.kind === 'compound') {
    return has(/^\/CD\/indexes$/) ? 'Prophesee' : 'compound';
  }
  if (layout.kind === 'matrix') {
    return /^davis\/(left|right)\/events$/.test(layout.name) ? 'MVSEC' : 'matrix';
  }
  if (has(/\/ms_to_idx$/)) {
    return 'DSEC';
  }
  return has(/\/ms_map_idx$/) ? 'M3ED' : 'columns';
}

function versionOf(file: Hdf5File) {
  const version = attributeText(file, '/', 'version');
  return version ? { version: found(version, 'attribute version') } : {};
}

function sensorOf(file: Hdf5File) {
  for (const name of ['sensor_name', 'camera_integrator_name']) {
    const sensor = attributeText(file, '/', name);
    if (sensor) {
      return { sensor: found(sensor, `attribute ${name}`) };
    }
  }
  return {};
}

/** The wanted stream, else the first with events, else the first that can be read at all. */
async function chooseLayout(
  file: Hdf5File,
  layouts: readonly EventLayout[],
  options: OpenOptions,
): Promise<Hdf5Events & { layout: EventLayout }> {
  const wanted = layouts.filter(({ name }) => options.stream === undefined || name === options.stream);
  let empty: (Hdf5Events & { layout: EventLayout }) | undefined;
  let refusal: unknown;
  for (const layout of wanted) {
    try {
      const stream = { layout, ...(await eventsOf(file, layout, options)) };
      if (stream.events.rows > 0) {
        return stream;
      }
      empty ??= stream;
    } catch (error) {
      refusal ??= error;
    }
  }
  if (empty) {
    return empty;
  }
  throw refusal ?? noEvents(file.source, file, layouts, options);
}

function noEvents(
  source: ByteSource,
  { datasets }: Hdf5File,
  layouts: readonly EventLayout[],
  { stream }: OpenOptions,
): SpikeBridgeError {
  if (stream !== undefined && layouts.length > 0) {
    const names = layouts.map(({ name }) => name);
    return missingStream(stream, names, source.name);
  }
  const names = datasets
    .slice(0, MOST_NAMES)
    .map(({ path, shape }) => `${path} (${shape.join(' x ') || 'one value'})`);
  const more = datasets.length > names.length ? ` and ${datasets.length - names.length} more` : '';
  return new SpikeBridgeError(
    'data',
    `this HDF5 file holds no events: ${names.join(', ') || 'it has no datasets'}${more}`,
    'Events are looked for as datasets t, x, y and p in one group, a compound of them, or a matrix of four columns.',
    { file: source.name },
  );
}
