import { allocateEvents } from '../eventBatch';
import type { DecoderState } from '../recording';
import type { Track, TrackSample } from '../tracks';
import { BlockReader, type WordStream } from './blockReader';
import { BATCH_EVENTS, type EventDecoder, type SampleSink } from './eventDecoder';

/** A stretch of the file in which samples of the track end. */
interface Segment {
  /** From here on decoding finds them whole. */
  readonly from: DecoderState;
  /** Smallest and largest of their times, in µs. */
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/** What a track needs of its recording. */
export interface SampleTrackSource {
  readonly stream: WordStream;
  createDecoder(sink: SampleSink): EventDecoder;
}

interface SampleRun {
  readonly from: DecoderState;
  readonly samples: readonly TrackSample[];
}

/** Samples block by block, each with a place from which they are found whole. */
async function* sampleRuns(
  { stream, createDecoder }: SampleTrackSource,
  kind: Track['kind'],
  start?: DecoderState,
): AsyncGenerator<SampleRun> {
  let samples: TrackSample[] = [];
  const decoder = createDecoder({ kind, add: (sample) => samples.push(sample) });
  const reader = new BlockReader(stream, decoder, start);
  const scratch = allocateEvents(BATCH_EVENTS);
  let from = reader.state();
  let pending = 0;
  for (let more = true; more; ) {
    const before = reader.state();
    more = await reader.skip(scratch);
    if (samples.length > 0) {
      yield { from, samples };
      samples = [];
    }
    const stillPending = decoder.pending?.() ?? 0;
    if (stillPending === 0) {
      from = reader.state();
    } else if (stillPending !== pending) {
      from = before;
    }
    pending = stillPending;
  }
}

/** All samples of the file; tells where they were when the pass is over. */
async function* firstPass(
  source: SampleTrackSource,
  kind: Track['kind'],
  finished: (segments: Segment[]) => void,
): AsyncGenerator<TrackSample> {
  const segments: Segment[] = [];
  for await (const { from, samples } of sampleRuns(source, kind)) {
    const times = samples.map(({ t }) => t);
    segments.push({ from, first: Math.min(...times), last: Math.max(...times), count: samples.length });
    yield* samples;
  }
  finished(segments);
}

/** The samples of one segment: decoding may come past earlier ones, which its times tell apart. */
async function* segmentSamples(
  source: SampleTrackSource,
  kind: Track['kind'],
  { from, first, last, count }: Segment,
): AsyncGenerator<TrackSample> {
  let left = count;
  for await (const { samples } of sampleRuns(source, kind, from)) {
    const mine = samples.filter(({ t }) => t >= first && t <= last).slice(0, left);
    yield* mine;
    left -= mine.length;
    if (left === 0) {
      return;
    }
  }
}

/**
 * A track whose samples lie among the words of the events. The first pass over the whole file remembers where samples
 * are; later requests read only there.
 */
export function sampleTrack(kind: Track['kind'], name: string, source: SampleTrackSource): Track {
  let segments: readonly Segment[] | undefined;

  async function* allCandidates(first: number, last: number): AsyncGenerator<TrackSample> {
    if (!segments) {
      yield* firstPass(source, kind, (found) => {
        segments = found;
      });
      return;
    }
    for (const segment of segments) {
      if (segment.last >= first && segment.first < last) {
        yield* segmentSamples(source, kind, segment);
      }
    }
  }

  return {
    kind,
    name,
    async *samples(first, last) {
      for await (const sample of allCandidates(first, last)) {
        if (sample.t >= first && sample.t < last) {
          yield sample;
        }
      }
    },
  };
}
