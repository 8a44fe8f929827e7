import type { FilterSettingsInput } from '../../../engine/events/filters/filterSettings';
import { activeChain, type NetworkSettings, type ViewState } from '../viewState';

const FEWEST_PIXELS = 8;
const MOST_PIXELS = 256;
const MOST_STEPS = 64;

/** The section `frames` of a run configuration, as far as it has keys for what was chosen. */
interface FramesFragment {
  readonly timeSteps?: number;
  readonly sizePixels?: number;
  readonly filters?: readonly FilterSettingsInput[];
}

/** What a run configuration says of its frames, as far as the network input is of that kind. */
function frames(
  { representation, sizePixels }: NetworkSettings,
  chain: readonly FilterSettingsInput[],
): FramesFragment {
  const settings = representation as Readonly<Record<string, unknown>>;
  const timeSteps = Number(settings.time_steps ?? settings.n_time_bins);
  const size = Number(settings.size ?? sizePixels);
  return {
    ...(timeSteps >= 1 && timeSteps <= MOST_STEPS && { timeSteps }),
    ...(size >= FEWEST_PIXELS && size <= MOST_PIXELS && { sizePixels: size }),
    ...(chain.length > 0 && { filters: chain }),
  };
}

function comments({ network: { representation } }: ViewState, fileName: string): string[] {
  return [
    `Chosen on ${fileName} in the recording editor; merge it into a *.transfer.jsonc.`,
    ...(representation.name === 'TrainingFrames'
      ? []
      : [`A run counts events in T equal windows; the editor showed ${JSON.stringify(representation)}.`]),
  ];
}

/** The filter chain and the network input for a run configuration (JSON with comments). */
export function configurationFragment(view: ViewState, fileName: string): string {
  const fragment = { frames: frames(view.network, activeChain(view)) };
  const lines = comments(view, fileName).map((line) => `// ${line}\n`);
  return `${lines.join('')}${JSON.stringify(fragment, null, 2)}\n`;
}
