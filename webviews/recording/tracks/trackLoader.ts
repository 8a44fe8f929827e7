import type { FrameSample } from '../../../engine/events/tracks';
import type { NumberedSample, RecordingSummary } from '../../../engine/protocol/recordingProtocol';
import type { RecordingPort } from '../recordingPort';

const MOST_SAMPLES = 16_000;
/** Tracks may begin before the events and end after them; their samples are counted from the first. */
const EVER = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };

/** Camera frames at the playhead, and the samples of all tracks for the timeline. */
export class TrackLoader {
  readonly samples = new Map<number, readonly NumberedSample[]>();
  #frame: FrameSample | undefined;
  #asking = false;
  #wanted: number | undefined;
  readonly #abort = new AbortController();

  constructor(
    private readonly port: Pick<RecordingPort, 'ask'>,
    private readonly tracks: RecordingSummary['tracks'],
    private readonly onChange: () => void,
  ) {}

  get frame(): FrameSample | undefined {
    return this.#frame;
  }

  /** Loads the samples of all tracks, evenly thinned where there are many. */
  async loadSamples(): Promise<void> {
    for (const track of this.tracks.keys()) {
      const query = { track, ...EVER, limit: MOST_SAMPLES };
      const samples = await this.port.ask('samples', query, this.#abort.signal);
      if (samples.length > 0) {
        this.samples.set(track, samples);
        this.onChange();
      }
    }
  }

  /** Wants the frame of a time; one question at a time, the newest wish next. */
  wantFrame(at: number): void {
    const track = this.tracks.findIndex(({ kind }) => kind === 'frame');
    if (track >= 0) {
      this.#wanted = at;
      if (!this.#asking) {
        void this.#askFrame(track);
      }
    }
  }

  dispose(): void {
    this.#abort.abort();
  }

  async #askFrame(track: number): Promise<void> {
    this.#asking = true;
    try {
      while (this.#wanted !== undefined) {
        const at = this.#wanted;
        this.#wanted = undefined;
        const sample = await this.port.ask('frame', { track, at }, this.#abort.signal);
        const frame = sample?.kind === 'frame' ? sample : undefined;
        if (frame?.t !== this.#frame?.t) {
          this.#frame = frame;
          this.onChange();
        }
      }
    } catch {
      // Without a frame the events stand alone.
    } finally {
      this.#asking = false;
    }
  }
}
