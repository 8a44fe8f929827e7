import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import { columnRecording } from '../columns/columnRecording';
import { missingStream } from '../missingStream';
import type { OpenOptions, RecordingCodec } from '../recording';
import { found } from '../recordingFacts';
import { WarningLog } from '../warningLog';
import { type NpzEvents, type NpzStream, streamsOf } from './npzStreams';
import { isZip, readZipMembers, type ZipMember } from './zipArchive';

const MOST_NAMES = 6;

/** NumPy archives of numpy.savez and savez_compressed (formats.md section 10). */
export const npzCodec: RecordingCodec = {
  format: 'npz',

  async recognise(source) {
    return (await isZip(source)) ? { how: 'zip archive', confidence: 'certain' } : undefined;
  },

  async open(source, options) {
    const members = await readZipMembers(source);
    const streams = streamsOf(members);
    if (streams.length === 0) {
      throw refuse(source, members);
    }
    const { stream, content, warnings } = await openStream(source, streams, options);
    return columnRecording(
      content.events,
      {
        source,
        warnings,
        info: {
          format: found('npz', 'zip archive with NumPy arrays'),
          streams: streams.map(({ name }) => name),
          stream: stream.name,
          properties: [
            ['arrays', members.map(({ name }) => name).join(', ')],
            ['columns', `${content.columns.value} (${content.columns.how})`],
          ],
        },
      },
      options,
    );
  },
};

async function openStream(
  source: ByteSource,
  streams: readonly NpzStream[],
  options: OpenOptions,
): Promise<{ stream: NpzStream; content: NpzEvents; warnings: WarningLog }> {
  const wanted = streams.filter(({ name }) => options.stream === undefined || name === options.stream);
  const names = streams.map(({ name }) => name);
  let refusal: unknown = missingStream(options.stream ?? '', names, source.name);
  for (const stream of wanted) {
    // Damage of a stream that is not taken says nothing of the one that is.
    const warnings = new WarningLog();
    try {
      return { stream, content: await stream.open(source, options, warnings), warnings };
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}

function refuse(source: ByteSource, members: readonly ZipMember[]): SpikeBridgeError {
  const names = members.slice(0, MOST_NAMES).map(({ name }) => name);
  const more = members.length > names.length ? ` and ${members.length - names.length} more` : '';
  return new SpikeBridgeError(
    'data',
    `this zip archive holds no NumPy arrays: ${names.join(', ') || 'it is empty'}${more}`,
    'If it is the archive of a data set, unpack it and open the recordings inside.',
    { file: source.name },
  );
}
