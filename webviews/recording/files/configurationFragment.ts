import type { FilterSettingsInput } from '../../../engine/events/filters/filterSettings';
import { activeChain, type NetworkSettings, type ViewState } from '../viewState';

const FEWEST_PIXELS = 8;
const MOST_PIXELS = 256;
const MOST_STEPS = 64;

/** A filter as the command line takes it. */
export function filterArgument({ name, ...parameters }: FilterSettingsInput): string {
  return Object.keys(parameters).length === 0
    ? `--filter ${name}`
    : `--filter '${name}:${JSON.stringify(parameters)}'`;
}

/** What a run configuration says of its frames, as far as the network input is of that kind. */
function frames({ representation, sizePixels }: NetworkSettings): Readonly<Record<string, number>> {
  const settings = representation as Readonly<Record<string, unknown>>;
  const timeSteps = Number(settings.time_steps ?? settings.n_time_bins);
  const size = Number(settings.size ?? sizePixels);
  return {
    ...(timeSteps >= 1 && timeSteps <= MOST_STEPS && { timeSteps }),
    ...(size >= FEWEST_PIXELS && size <= MOST_PIXELS && { sizePixels: size }),
  };
}

function comments(view: ViewState, fileName: string): string[] {
  const chain = activeChain(view);
  const { representation } = view.network;
  return [
    `Chosen on ${fileName} in the recording editor; merge it into a *.transfer.jsonc.`,
    ...(chain.length > 0
      ? [
          'Run configurations have no filters of events: write filtered recordings first.',
          `  spikebridge events convert IN OUT ${chain.map(filterArgument).join(' ')}`,
        ]
      : []),
    ...(representation.name === 'TrainingFrames'
      ? []
      : [`A run cuts T equal windows from time 0 on; the editor showed ${JSON.stringify(representation)}.`]),
  ];
}

/** The filter chain and the network input for a run configuration (JSON with comments). */
export function configurationFragment(view: ViewState, fileName: string): string {
  const fragment = { frames: frames(view.network) };
  const lines = comments(view, fileName).map((line) => `// ${line}\n`);
  return `${lines.join('')}${JSON.stringify(fragment, null, 2)}\n`;
}
