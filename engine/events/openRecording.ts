import { SpikeBridgeError } from '../errors';
import type { ByteSource } from './byteSource';
import { RECORDING_CODECS } from './codecs';
import { missingStream } from './missingStream';
import { orientedRecording } from './orientedRecording';
import { titleOfOtherFile } from './otherFiles';
import type { OpenOptions, Recognition, Recording, RecordingCodec } from './recording';

/** A codec and how it knew the file. */
export interface Recognised {
  readonly codec: RecordingCodec;
  readonly recognition: Recognition;
}

async function refusal(source: ByteSource): Promise<SpikeBridgeError> {
  const title = await titleOfOtherFile(source);
  return new SpikeBridgeError(
    'data',
    `this is no event recording: it is ${title}`,
    / archive$/.test(title)
      ? 'Unpack it first, then open the recording inside.'
      : 'Open a recording of one of the formats listed in the README, or convert this file with the program that wrote it.',
    { file: source.name },
  );
}

/**
 * Finds the codec of a file by its content: the first that is certain, else the first to which the values are likely.
 * @throws SpikeBridgeError (data) that says what the file is when no codec knows it.
 */
export async function recogniseRecording(
  source: ByteSource,
  codecs: readonly RecordingCodec[] = RECORDING_CODECS,
): Promise<Recognised> {
  let likely: Recognised | undefined;
  for (const codec of codecs) {
    const recognition = await codec.recognise(source);
    if (recognition?.confidence === 'certain') {
      return { codec, recognition };
    }
    likely ??= recognition && { codec, recognition };
  }
  if (!likely) {
    throw await refusal(source);
  }
  return likely;
}

/** The name that formats with one stream give it; they do not look at the option. */
const ONLY_STREAM = 'events';

/** @throws SpikeBridgeError (usage) for a stream that a recording of one stream has not. */
function requireStream({ info }: Recording, { stream }: OpenOptions, file: string): void {
  if (stream !== undefined && info.stream === ONLY_STREAM && !info.streams.includes(stream)) {
    throw missingStream(stream, [ONLY_STREAM], file);
  }
}

/**
 * Opens an event recording of any known format. The recording owns the source from now on; a failure closes it.
 * @throws SpikeBridgeError (data) for a file that holds no vision events, saying what it is; (usage) for options that
 *   do not fit the file.
 */
export async function openRecording(source: ByteSource, options: OpenOptions = {}): Promise<Recording> {
  try {
    const { codec } = await recogniseRecording(source);
    const recording = await codec.open(source, options);
    requireStream(recording, options, source.name);
    return orientedRecording(recording, options, source.name);
  } catch (error) {
    await source.close();
    throw error;
  }
}
