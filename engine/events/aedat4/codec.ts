import { pagedRecording } from '../pagedRecording';
import type { OpenOptions, Recording, RecordingCodec, RecordingInfo } from '../recording';
import { found, sizeFrom } from '../recordingFacts';
import { WarningLog } from '../warningLog';
import { packetBefore, readDataTable, tableOf } from './dataTable';
import type { Aedat4File } from './file';
import { MAGIC, readHeader } from './header';
import { packetPages } from './packetPages';
import { unpacker } from './packets';
import { chooseStream, hasEvents, probeStreams } from './streamChoice';
import type { StreamDescription } from './streams';
import { tracksOf } from './tracks';

/** AEDAT 4.0 (formats.md section 4). */
export const aedat4Codec: RecordingCodec = {
  format: 'aedat4',

  async recognise(source) {
    const bytes = await source.read(0, 12);
    const line = String.fromCharCode(...bytes);
    return line === MAGIC.slice(0, 12)
      ? { how: 'first line #!AER-DAT4.0', confidence: 'certain' }
      : undefined;
  },

  async open(source, options) {
    const header = await readHeader(source);
    const warnings = new WarningLog();
    const unpacking = await unpacker(header.compression);
    const table = await readDataTable(source, header, unpacking.unpack, warnings);
    const { streams } = header;
    const bare: Aedat4File = { source, header, streams, table, unpacker: unpacking, warnings };
    const file = hasEvents(header.streams) ? bare : { ...bare, streams: await probeStreams(bare) };
    return openStream(file, await chooseStream(file, options.stream), options);
  },
};

function openStream(file: Aedat4File, stream: StreamDescription, options: OpenOptions): Recording {
  const { source, header, warnings } = file;
  const table = tableOf(file.table, stream.id);
  return pagedRecording({
    source,
    info: describe(file, stream, options),
    tracks: tracksOf(file),
    warnings,
    start: header.packets,
    pages: () => packetPages(file, stream.id),
    ...(table && { find: async (t: number) => packetBefore(table, t) }),
  });
}

function describe(file: Aedat4File, stream: StreamDescription, options: OpenOptions): RecordingInfo {
  const { header, table } = file;
  const totals = tableOf(table, stream.id);
  const size = sizeFrom(options, stream.size && found(stream.size, `header, stream ${stream.id}`));
  return {
    format: found('aedat4', 'first line #!AER-DAT4.0'),
    version: found('4.0', 'first line'),
    ...(stream.source && { sensor: found(stream.source, `header, source of stream ${stream.id}`) }),
    ...(size && { size }),
    ...(totals && {
      eventCount: found(totals.count, 'data table'),
      timeRange: found({ first: totals.first, last: totals.last }, 'data table'),
    }),
    streams: file.streams.filter(({ type }) => type === 'EVTS').map(({ id }) => String(id)),
    stream: String(stream.id),
    properties: [
      ['compression', header.compression],
      ['data table', table ? `${table.length} packets` : 'absent'],
      ...file.streams.map(
        ({ id, type, output, source }) =>
          [`stream ${id}`, [type, output, source].filter(Boolean).join(', ')] as const,
      ),
    ],
  };
}
