import type { DecoderState, Recording, RecordingInfo } from '../recording';
import type { Track } from '../tracks';
import { BlockReader, type WordStream } from './blockReader';
import type { EventDecoder, SampleSink } from './eventDecoder';
import { sampleTrack } from './sampleTrack';

/** A recording whose events are words behind a header. */
export interface WordRecordingParts {
  readonly info: RecordingInfo;
  readonly stream: WordStream;
  /** A decoder at the first word. @param sink where samples beside the events go; without one they are skipped. */
  createDecoder(sink?: SampleSink): EventDecoder;
  /** Kinds of samples that the words may hold, with the names of their tracks. */
  readonly tracks?: readonly (readonly [kind: Track['kind'], name: string])[];
}

/** A recording read through a decoder of words. */
export function wordRecording({ info, stream, createDecoder, tracks = [] }: WordRecordingParts): Recording {
  return {
    info,
    tracks: tracks.map(([kind, name]) => sampleTrack(kind, name, { stream, createDecoder })),
    events: async (from?: DecoderState) => new BlockReader(stream, createDecoder(), from),
    warnings: () => stream.warnings.list(),
    close: () => stream.source.close(),
  };
}
