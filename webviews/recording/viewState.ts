import type { FilterSettingsInput } from '../../engine/events/filters/filterSettings';
import type { RepresentationSettingsInput } from '../../engine/events/representations/representations';
import type { SliceRule } from './pages/pageLoader';
import type { RendererChoice } from './picture/chooseRenderer';
import { type CloudCamera, INITIAL_CAMERA } from './picture/cloudCamera';
import { THEME_SCHEME } from './picture/colorSchemes';
import { FADE_LENGTHS, type ViewKind } from './picture/pictureSettings';
import { SLOWEST } from './player/playerState';
import { FITTED, type PictureZoom } from './stage/pictureZoom';
import { roundDown } from './text/roundNumber';

/** A step of the filter chain; one that is off stays in its place and drops nothing. */
export interface ChainStep {
  readonly settings: FilterSettingsInput;
  readonly enabled: boolean;
}

/** What the network gets. */
export interface NetworkSettings {
  readonly representation: RepresentationSettingsInput;
  /** Height and width in pixels; 0 keeps the representation's own. */
  readonly sizePixels: number;
}

/** Everything the user chooses about how a recording is shown; kept by VS Code while the editor is hidden. */
export interface ViewState {
  readonly view: ViewKind;
  readonly sliceKind: SliceRule['kind'];
  readonly sliceMicroseconds: number;
  readonly sliceEvents: number;
  readonly tau: number;
  readonly scheme: string;
  /** Events per pixel at full strength; undefined: chosen from the picture. */
  readonly fullScale?: number;
  readonly frames: boolean;
  /** Opacity of camera frames over the background, in (0, 1]. */
  readonly frameStrength: number;
  readonly labels: boolean;
  readonly renderer: RendererChoice;
  readonly chain: readonly ChainStep[];
  readonly network: NetworkSettings;
  readonly camera: CloudCamera;
  readonly zoom: PictureZoom;
  readonly inspector: boolean;
  /** Whether warnings about the file are spelled out. */
  readonly warnings: boolean;
}

export const INITIAL_VIEW: ViewState = {
  view: 'accumulation',
  sliceKind: 'time',
  sliceMicroseconds: 20_000,
  sliceEvents: 5000,
  tau: 20_000,
  scheme: THEME_SCHEME,
  frames: true,
  frameStrength: 1,
  labels: true,
  renderer: 'auto',
  chain: [],
  network: { representation: { name: 'TrainingFrames', time_steps: 10, size: 48 }, sizePixels: 0 },
  camera: INITIAL_CAMERA,
  zoom: FITTED,
  inspector: true,
  warnings: true,
};

const LONGEST_FIRST_SLICE = 20_000;
const SLICES_AT_LEAST = 10;
const SECONDS_OF_PLAYING = 10;
const EVENTS_OF_A_SLICE = 100_000;

/**
 * How a recording of this length is shown first: in at least ten slices of not too many events, and played in about
 * ten seconds.
 * @param eventsPerSecond where it is known.
 */
export function startFor(
  microseconds: number,
  eventsPerSecond = 0,
): { readonly sliceMicroseconds: number; readonly speed: number } {
  const dense = eventsPerSecond > 0 ? (EVENTS_OF_A_SLICE / eventsPerSecond) * 1e6 : Number.POSITIVE_INFINITY;
  const slice = Math.max(1, Math.min(LONGEST_FIRST_SLICE, microseconds / SLICES_AT_LEAST, dense));
  const speed = Math.max(SLOWEST, Math.min(1, microseconds / 1e6 / SECONDS_OF_PLAYING));
  return { sliceMicroseconds: roundDown(slice), speed: roundDown(speed) };
}

/** What training cuts from time 0 on: recordings as N-MNIST and N-Caltech101 publish them (methods.md 3.2). */
export function firstNetwork(network: NetworkSettings, format: string): NetworkSettings {
  return format === 'atis'
    ? {
        ...network,
        representation: { name: 'TrainingFrames', time_steps: 10, size: 48, time_origin: 'zero' },
      }
    : network;
}

/** The saved view, completed by what a recording starts with. */
export function restoreView(saved: unknown, start: Partial<ViewState> = {}): ViewState {
  return { ...INITIAL_VIEW, ...start, ...(saved as Partial<ViewState> | undefined) };
}

/** What a picture of the view needs: fading views look back as long as something is left. */
export function sliceRule(view: ViewState): SliceRule {
  if (view.view === 'decay' || view.view === 'surface') {
    return { kind: 'time', microseconds: view.tau * FADE_LENGTHS };
  }
  return view.sliceKind === 'time'
    ? { kind: 'time', microseconds: view.sliceMicroseconds }
    : { kind: 'count', events: view.sliceEvents };
}

/** The steps of the chain that are on, as they are sent and exported. */
export function activeChain({ chain }: ViewState): readonly FilterSettingsInput[] {
  return chain.filter(({ enabled }) => enabled).map(({ settings }) => settings);
}
