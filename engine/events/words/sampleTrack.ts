import { allocateEvents } from '../eventBatch';
import type { DecoderState } from '../recording';
import type { Track, TrackSample } from '../tracks';
import { BlockReader, type WordStream } from './blockReader';
import { BATCH_EVENTS, type EventDecoder, type SampleSink } from './eventDecoder';

/** A stretch of the file that holds samples of the track. */
interface Segment {
  readonly from: DecoderState;
  readonly first: number;
  readonly last: number;
}

/** What a track needs of its recording. */
export interface SampleTrackSource {
  readonly stream: WordStream;
  /** A decoder that hands samples to the sink. */
  createDecoder(sink: SampleSink): EventDecoder;
}

/** Reads on until samples were found and none is half read; undefined at the end of the file. */
async function* sampleRuns(
  { stream, createDecoder }: SampleTrackSource,
  kind: Track['kind'],
  start?: DecoderState,
): AsyncGenerator<{ from: DecoderState; samples: TrackSample[] }> {
  let samples: TrackSample[] = [];
  const decoder = createDecoder((sample) => {
    if (sample.kind === kind) {
      samples.push(sample);
    }
  });
  const reader = new BlockReader(stream, decoder, start);
  const scratch = allocateEvents(BATCH_EVENTS);
  let from = reader.state();
  try {
    for (let more = true; more; ) {
      more = await reader.skip(scratch);
      if (more && decoder.idle?.() === false) {
        continue;
      }
      if (samples.length > 0) {
        yield { from, samples };
        samples = [];
      }
      from = reader.state();
    }
  } finally {
    await reader.close();
  }
}

/**
 * A track whose samples lie among the words of the events. The first pass over the whole file remembers where samples
 * are; later requests read only there.
 */
export function sampleTrack(kind: Track['kind'], name: string, source: SampleTrackSource): Track {
  let segments: Segment[] | undefined;

  async function* firstPass(first: number, last: number): AsyncGenerator<TrackSample> {
    const found: Segment[] = [];
    for await (const { from, samples } of sampleRuns(source, kind)) {
      const times = samples.map(({ t }) => t);
      found.push({ from, first: Math.min(...times), last: Math.max(...times) });
      yield* samples.filter(({ t }) => t >= first && t < last);
    }
    segments = found;
  }

  async function* knownSegments(
    known: readonly Segment[],
    first: number,
    last: number,
  ): AsyncGenerator<TrackSample> {
    for (const segment of known) {
      if (segment.last < first || segment.first >= last) {
        continue;
      }
      for await (const { samples } of sampleRuns(source, kind, segment.from)) {
        yield* samples.filter(({ t }) => t >= first && t < last);
        break;
      }
    }
  }

  return {
    kind,
    name,
    samples: (first, last) => (segments ? knownSegments(segments, first, last) : firstPass(first, last)),
  };
}
