import { stat } from 'node:fs/promises';
import path from 'node:path';
import { reportOf } from '../errors';
import type { SensorSize } from '../events/eventBatch';
import { FILTERS } from '../events/filters/filterSettings';
import { indexStore } from '../events/index/indexStore';
import { observedExtent } from '../events/index/recordingIndex';
import { openRecordingFile } from '../events/openRecordingFile';
import type { OpenOptions, Recording } from '../events/recording';
import { countedWarnings } from '../events/recordingSummary';
import { REPRESENTATIONS } from '../events/representations/representations';
import { RECORDING_FORMATS } from '../events/writers/recordingFormats';
import type { OpenRecordingParameters } from '../protocol/recordingEngineProtocol';
import type {
  ExportFormat,
  IndexProgress,
  QueryName,
  RecordingQueries,
  RecordingSummary,
} from '../protocol/recordingProtocol';
import { answerEvents } from './eventsAnswer';
import { exportFilm, exportRange } from './exportRange';
import { answerLimit, FilteredEvents } from './filteredEvents';
import { findLabels } from './labels/findLabels';
import { describeSettings } from './settingsDescriptions';
import { isTooLargeToShow } from './shownSensor';
import { answerTensor } from './tensorAnswer';
import { type PassState, TimeAccess, throwIfAborted } from './timeAccess';
import { answerFrame, answerSamples } from './trackAnswers';

type Answers = {
  readonly [Name in QueryName]: (
    parameters: RecordingQueries[Name]['parameters'],
    signal: AbortSignal,
  ) => Promise<RecordingQueries[Name]['result']>;
};

const FILM: ExportFormat = { name: 'gif', title: 'Animated GIF', suffix: '.gif' };
const EXPORT_FORMATS: readonly ExportFormat[] = [
  ...RECORDING_FORMATS.map(({ name, title, suffixes }) => ({ name, title, suffix: suffixes[0] })),
  FILM,
];

/** The formats, with the reason for those that cannot hold a sensor of this size. */
function exportFormats(size: SensorSize | undefined): ExportFormat[] {
  return EXPORT_FORMATS.map((format) => {
    const limits = RECORDING_FORMATS.find(({ name }) => name === format.name)?.limits;
    const isTooLarge = limits && size && (size.width > limits.width || size.height > limits.height);
    return isTooLarge
      ? { ...format, unfit: `holds at most ${limits.width} x ${limits.height} pixels: crop first` }
      : format;
  });
}

/** The smallest sensor that holds the first events; undefined for a recording without events. */
async function firstExtent(recording: Recording): Promise<SensorSize | undefined> {
  const reader = await recording.events();
  try {
    const batch = await reader.next();
    return (
      batch && {
        width: batch.x.reduce((most, x) => Math.max(most, x), 0) + 1,
        height: batch.y.reduce((most, y) => Math.max(most, y), 0) + 1,
      }
    );
  } finally {
    await reader.close();
  }
}

/** What the user is asked to confirm where the size is not known, or cannot be true. */
async function suggestedSizeOf(recording: Recording): Promise<SensorSize | undefined> {
  const size = recording.info.size?.value;
  if (size && !isTooLargeToShow(size)) {
    return undefined;
  }
  const extent = await firstExtent(recording);
  return extent && !isTooLargeToShow(extent) ? extent : undefined;
}

async function describe(file: string, recording: Recording, options: OpenOptions): Promise<RecordingSummary> {
  const { size } = await stat(file);
  const suggestedSize = await suggestedSizeOf(recording);
  return {
    fileName: path.basename(file),
    fileSize: size,
    info: recording.info,
    options,
    tracks: recording.tracks.map(({ kind, name, count }) => ({
      kind,
      name,
      ...(count !== undefined && { count }),
    })),
    labels: await findLabels(file),
    filters: describeSettings(FILTERS),
    representations: describeSettings(REPRESENTATIONS),
    exportFormats: exportFormats(recording.info.size?.value),
    ...(suggestedSize && { suggestedSize }),
  };
}

function progressOf({ share, done, index, failure }: PassState, { info }: Recording): IndexProgress {
  const { facts, rate, warnings } = index;
  const stated = info.timeRange?.value;
  return {
    fraction: done ? 1 : share,
    done,
    events: facts.events,
    onEvents: facts.onEvents,
    first: done
      ? facts.lowestTimestamp
      : Math.min(stated?.first ?? facts.lowestTimestamp, facts.lowestTimestamp),
    last: done ? facts.highestTimestamp : Math.max(stated?.last ?? 0, facts.highestTimestamp),
    rate: {
      first: rate.origin,
      binMicroseconds: rate.binWidth,
      on: Uint32Array.from(rate.on),
      off: Uint32Array.from(rate.off),
    },
    warnings: [...warnings, ...countedWarnings(index)],
    ...(failure !== undefined && { failure: reportOf(failure) }),
  };
}

/** One open recording and everything that can be asked of it. Whoever opened it closes it. */
export class RecordingSession {
  readonly #filtered: FilteredEvents;
  readonly #answers: Answers;
  /** Ends of the questions that are being answered: readers and filter chains serve one at a time. */
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly recording: Recording,
    private readonly access: TimeAccess,
    readonly summary: RecordingSummary,
  ) {
    this.#filtered = new FilteredEvents(access);
    const { tracks } = recording;
    this.#answers = {
      summary: async () => summary,
      events: (query, signal) => {
        const limited = { ...query, limit: answerLimit(query.chain, query.limit) };
        return this.#inTurn(signal, () => answerEvents(this.#filtered, limited, signal));
      },
      tensor: (query, signal) =>
        this.#inTurn(signal, () => answerTensor(this.#filtered, this.#sensor, query, signal)),
      samples: (query, signal) => answerSamples(tracks, query, signal),
      frame: (query, signal) => answerFrame(tracks, query, signal),
      export: (query, signal) =>
        (query.format === FILM.name ? exportFilm : exportRange)(access, this.#sensor, query, signal),
    };
  }

  /**
   * Opens a recording and starts the pass that builds its index, unless one is stored.
   * @param onIndex told a few times a second what the pass has found.
   * @throws SpikeBridgeError (data) for a file that is no event recording, saying what it is.
   */
  static async open(
    { file, indexFolder, options }: OpenRecordingParameters,
    onIndex: (progress: IndexProgress) => void,
  ): Promise<RecordingSession> {
    const recording = await openRecordingFile(file, options);
    try {
      const access = new TimeAccess(recording, (state) => onIndex(progressOf(state, recording)));
      const session = new RecordingSession(recording, access, await describe(file, recording, options));
      void access.prepare(indexStore(indexFolder), file, options);
      return session;
    } catch (error) {
      await recording.close();
      throw error;
    }
  }

  /** @throws SpikeBridgeError as the question's work does; (cancelled) when `signal` is aborted. */
  answer<Name extends QueryName>(
    name: Name,
    parameters: RecordingQueries[Name]['parameters'],
    signal: AbortSignal,
  ): Promise<RecordingQueries[Name]['result']> {
    return this.#answers[name](parameters, signal);
  }

  async close(): Promise<void> {
    this.access.close();
    await this.recording.close();
  }

  get #sensor(): SensorSize {
    return this.recording.info.size?.value ?? observedExtent(this.access.state.index);
  }

  #inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(() => {
      throwIfAborted(signal);
      return work();
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}
