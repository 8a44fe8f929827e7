import type { OpenOptions } from '../../engine/events/recording';
import type { ExportFormat, IndexProgress, RecordingSummary } from '../../engine/protocol/recordingProtocol';
import type { RecordingNotice, ViewCommand } from '../../engine/protocol/recordingViewProtocol';
import { watchTheme } from '../plotting/theme';
import { type KeyTargets, listenToKeys } from './controls/keyboard';
import { EditorLayout } from './editorLayout';
import type { EditorModel, ShownStatistics } from './editorModel';
import { configurationFragment } from './files/configurationFragment';
import { exportedRange } from './files/exportedRange';
import { filmOptions } from './files/filmOptions';
import { pictureFile } from './files/pictureFile';
import { NetworkLoader } from './network/networkLoader';
import { EventCache, type TimeSpan } from './pages/eventCache';
import { PageLoader } from './pages/pageLoader';
import { type ColorScheme, pictureScheme } from './picture/colorSchemes';
import { PictureDrawer, type Scene } from './picture/pictureDrawer';
import { Player } from './player/player';
import { isPlaying, type PlayerAction, type PlayerState } from './player/playerState';
import { PlayRateMeter } from './player/playRate';
import type { RecordingPort } from './recordingPort';
import { type RecordingTimes, recordingTimes } from './recordingTimes';
import { hasFrame } from './stage/framePicture';
import { Stage } from './stage/stage';
import { Timeline } from './timeline/timeline';
import { TrackLoader } from './tracks/trackLoader';
import { activeChain, firstNetwork, restoreView, sliceRule, startFor, type ViewState } from './viewState';

const CACHE_BYTES = 192 * 2 ** 20;
const MOST_EVENTS_PER_ANSWER = 400_000;
const MEASURE_EVERY_MS = 200;
const SAVE_AFTER_MS = 100;

/** What is kept while the editor is hidden. */
interface SavedState {
  readonly view?: Partial<ViewState>;
  readonly player?: Partial<PlayerState>;
}

/** Plays one recording; begins as it was before a reload, else as `inherited` from another editor of the file. */
export class RecordingEditor implements KeyTargets {
  readonly #cache = new EventCache(CACHE_BYTES);
  readonly #loader: PageLoader;
  readonly #player: Player;
  readonly #drawer: PictureDrawer;
  readonly #network: NetworkLoader;
  readonly #tracks: TrackLoader;
  readonly #stage: Stage;
  readonly #timeline: Timeline;
  readonly #layout: EditorLayout;
  readonly #end = new AbortController();
  readonly #rate = new PlayRateMeter();
  readonly #sensor: { readonly width: number; readonly height: number };
  readonly #saved: SavedState;
  #view: ViewState;
  #index: IndexProgress | undefined;
  #notice: RecordingNotice | undefined;
  #statistics: ShownStatistics | undefined;
  #loaded: { readonly spans: readonly TimeSpan[]; readonly reduction: readonly number[] } = {
    spans: [],
    reduction: [],
  };
  #lastMeasure = 0;
  #due = false;
  #samplesWanted = false;
  /** Nobody has done anything yet: the playhead waits where it began. */
  #untouched = true;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly root: HTMLElement,
    private readonly port: RecordingPort,
    private readonly summary: RecordingSummary,
    inherited: unknown,
  ) {
    this.#saved = ((port.savedState() ?? inherited) as SavedState | undefined) ?? {};
    this.#sensor = summary.info.size!.value;
    this.#view = restoreView(this.#saved.view);
    this.#loader = new PageLoader(
      this.#cache,
      (span, signal) =>
        port.ask(
          'events',
          { ...span, chain: activeChain(this.#view), limit: MOST_EVENTS_PER_ANSWER },
          signal,
        ),
      () => {
        this.#layout.tell(undefined);
        // While time goes on, the next picture shows what has come.
        if (this.#player.state.mode !== 'playing') {
          this.#changed();
        }
      },
    );
    this.#loader.setRule(sliceRule(this.#view));
    this.#player = new Player(
      this.#loader,
      { request: (draw) => requestAnimationFrame(draw), cancel: (handle) => cancelAnimationFrame(handle) },
      () => this.#changed(),
      (error) => this.#layout.tell(error),
    );
    this.#drawer = new PictureDrawer((renderer) => {
      this.#stage.show(renderer);
      this.#changed();
    });
    this.#network = new NetworkLoader(
      (query, signal) => port.ask('tensor', query, signal),
      () => this.#changed(),
    );
    this.#tracks = new TrackLoader(port, summary.tracks, () => this.#changed());
    this.#stage = new Stage(
      this,
      (pixel) => this.#drawer.valueAt(pixel),
      () => this.#changed(),
    );
    this.#timeline = new Timeline(this);
    this.#layout = new EditorLayout(root, this, this.#stage, this.#timeline);
    window.addEventListener('pagehide', () => this.#saveNow(), { signal: this.#end.signal });
    listenToKeys(() => this.#model(), this, this.#end.signal);
    this.#end.signal.addEventListener(
      'abort',
      watchTheme(() => {
        this.#timeline.redraw();
        this.#changed();
      }),
    );
    this.#setTimes();
  }

  /** What the pass over the recording has found so far. */
  setIndex(index: IndexProgress): void {
    this.#index = index;
    this.#setTimes();
    if (index.done && !this.#samplesWanted) {
      this.#samplesWanted = true;
      this.#tracks.loadSamples().catch((error) => this.#layout.tell(error));
    }
    this.#changed();
  }

  /** What has become of the file or its reader; undefined: all is well. */
  setNotice(notice: RecordingNotice | undefined): void {
    this.#notice = notice;
    this.#changed();
  }

  #setTimes(): void {
    const times = recordingTimes(this.summary, this.#index);
    const growing = !this.#index?.done;
    if (!times) {
      this.#player.do({ type: 'bounds', start: 0, end: 0, growing });
      return;
    }
    const { first, last, eventsPerSecond } = times;
    this.#loader.setRecording({ from: first, to: last + 1 }, eventsPerSecond);
    this.#player.do({ type: 'bounds', start: first, end: last + 1, growing });
    if (this.#untouched) {
      this.#begin(times);
    }
  }

  /** Goes to where the user was before, or to the first slice; the latter again while the recording grows. */
  #begin({ first, last, eventsPerSecond }: RecordingTimes): void {
    const { view, player } = this.#saved;
    if (!view) {
      const { sliceMicroseconds, speed } = startFor(last - first, eventsPerSecond);
      const network = firstNetwork(this.#view.network, this.summary.info.format.value);
      this.#view = { ...this.#view, sliceMicroseconds, network };
      this.#loader.setRule(sliceRule(this.#view));
      this.#player.do({ type: 'speed', speed });
    }
    const time = player?.time ?? Math.min(last + 1, first + this.#view.sliceMicroseconds);
    this.#player.restore({ ...player, time: Math.min(Math.max(time, first), last + 1) });
  }

  setView(part: Partial<ViewState>): void {
    this.#untouched = false;
    const before = this.#view;
    this.#view = { ...before, ...part };
    const chainChanged = JSON.stringify(activeChain(before)) !== JSON.stringify(activeChain(this.#view));
    const rule = sliceRule(this.#view);
    const ruleChanged = JSON.stringify(sliceRule(before)) !== JSON.stringify(rule);
    if (chainChanged) {
      this.#loader.clear();
    }
    this.#loader.setRule(rule);
    this.#lastMeasure = 0;
    if (chainChanged || ruleChanged) {
      this.#player.refresh();
    }
    this.#save();
    this.#changed();
  }

  do(action: PlayerAction): void {
    this.#untouched = false;
    this.#player.do(action);
    this.#save();
  }

  setOptions(options: OpenOptions): void {
    this.port.setOptions(options);
  }

  readAgain(): void {
    this.port.readAgain();
  }

  exportPicture(): void {
    const { canvas } = this.#drawer;
    if (canvas) {
      this.#draw();
      const { background } = this.#scheme;
      const frame = this.root.querySelector<HTMLCanvasElement>('#frame-picture:not([hidden])');
      const offset = this.#player.state.time - this.#player.state.start;
      const name = `${this.#stem}-${this.#view.view}-${offset}us.png`;
      void this.port
        .save(pictureFile(canvas, frame, background, name))
        .catch((error) => this.#layout.tell(error));
    }
  }

  exportRange(format: ExportFormat): void {
    const { from, to } = exportedRange(this.#player.state);
    const film = filmOptions(this.#view, this.#scheme, this.#player.state.speed);
    const query = { from, to, chain: activeChain(this.#view), film };
    const suggestedName = `${this.#stem}-part${format.suffix}`;
    this.port.export({ suggestedName, format, query }).catch((error) => this.#layout.tell(error));
  }

  copyConfiguration(): void {
    this.port.showFragment(configurationFragment(this.#view, this.summary.fileName));
  }

  showHelp(): void {
    this.#layout.help.show();
  }

  focusTime(): void {
    const field = this.root.querySelector<HTMLInputElement>('#timecode');
    field?.focus();
    field?.select();
  }

  zoomTimeline(factor: number | undefined): void {
    this.#timeline.zoom(factor);
  }

  /** A command of VS Code's palette. */
  run(command: ViewCommand): void {
    const commands: Record<ViewCommand, () => void> = {
      exportPicture: () => this.exportPicture(),
      exportRange: () => this.root.querySelector<HTMLElement>('#export')?.click(),
      copyConfiguration: () => this.copyConfiguration(),
      togglePlay: () => this.do({ type: 'toggle' }),
    };
    commands[command]();
  }

  dispose(): void {
    if (this.#saveTimer !== undefined) {
      this.#saveNow();
    }
    this.#end.abort();
    this.#player.dispose();
    this.#loader.dispose();
    this.#network.dispose();
    this.#tracks.dispose();
    this.#drawer.dispose();
  }

  get #stem(): string {
    return this.summary.fileName.replace(/\.[^.]+$/, '');
  }

  get #scheme(): ColorScheme {
    return pictureScheme(this.#view.scheme, hasFrame(this.#view, this.#tracks.frame));
  }

  #changed(): void {
    if (!this.#due) {
      this.#due = true;
      requestAnimationFrame((now) => {
        this.#due = false;
        this.#show(now);
      });
    }
  }

  #scene(): Scene {
    const { time, held } = this.#player.state;
    return {
      view: this.#view,
      scheme: this.#scheme,
      sensor: this.#sensor,
      slices: this.#loader.slices(time, held),
      shown: this.#loader.window(time, held),
      time,
      tensor: this.#network.input.tensor,
      device: this.#stage.deviceSize,
    };
  }

  #show(now: number): void {
    const { state } = this.#player;
    const playing = isPlaying(state);
    this.#wantMore(state);
    const scene = this.#scene();
    if (now - this.#lastMeasure >= (playing ? MEASURE_EVERY_MS : 0)) {
      this.#loaded = { spans: this.#cache.loaded(), reduction: this.#cache.reduction() };
      if (state.mode !== 'seeking') {
        this.#statistics = this.#measure(scene);
        this.#lastMeasure = now;
      }
    }
    // A seek keeps the old picture until the new one is there.
    if (state.mode !== 'seeking' || this.#view.view === 'network') {
      this.#drawer.draw(scene);
    }
    if (state.mode === 'playing') {
      this.#rate.count(now, state.time, state.direction);
    } else if (!playing) {
      this.#rate.reset();
    }
    this.#layout.update(this.#model(scene));
  }

  /** Undefined without the events of the scene: none have been counted then. */
  #measure(scene: Scene): ShownStatistics | undefined {
    const { state } = this.#player;
    const isLoaded = state.end > state.start && this.#loader.has(state.time, state.held);
    return isLoaded ? { ...this.#drawer.measure(scene, isPlaying(state)), shown: scene.shown } : undefined;
  }

  #draw(): void {
    this.#drawer.draw(this.#scene());
  }

  #wantMore(state: PlayerState): void {
    if (this.#view.view === 'network' && state.end > state.start) {
      const { from, to } = exportedRange(state);
      this.#network.want({ from, to, chain: activeChain(this.#view), ...this.#view.network });
    }
    if (this.#view.frames && state.end > state.start) {
      this.#tracks.wantFrame(state.time);
    }
  }

  #model(scene = this.#scene()): EditorModel {
    return {
      summary: this.summary,
      sensor: this.#sensor,
      index: this.#index,
      notice: this.#notice,
      view: this.#view,
      scheme: scene.scheme,
      player: this.#player.state,
      shown: scene.shown,
      loaded: this.#loaded.spans,
      statistics: this.#statistics,
      reduction: this.#loaded.reduction,
      network: this.#network.input,
      frame: this.#tracks.frame,
      samples: this.#tracks.samples,
      renderer: this.#drawer.rendererName,
      playRate: this.#rate.rate,
      isSparse: this.#loader.isSparse,
    };
  }

  #save(): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = setTimeout(() => this.#saveNow(), SAVE_AFTER_MS);
  }

  #saveNow(): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    const { time, speed, direction, loop, markIn, markOut } = this.#player.state;
    this.port.saveState({ view: this.#view, player: { time, speed, direction, loop, markIn, markOut } });
  }
}
