import type { RepresentationSettingsInput } from '../../../engine/events/representations/representations';
import { activeChain, type ViewState } from '../viewState';

/** Time steps and size that a run configuration can say of a representation. */
function frames(
  representation: RepresentationSettingsInput,
  sizePixels: number,
): Readonly<Record<string, number>> {
  const settings = representation as Readonly<Record<string, unknown>>;
  const timeSteps = settings.time_steps ?? settings.n_time_bins ?? settings.T;
  const size = settings.size ?? (sizePixels > 0 ? sizePixels : undefined);
  return {
    ...(typeof timeSteps === 'number' && { timeSteps }),
    ...(typeof size === 'number' && { sizePixels: size }),
  };
}

/** The filter chain and the network input as a fragment of a run configuration (JSON with comments). */
export function configurationFragment(view: ViewState, fileName: string): string {
  const { representation, sizePixels } = view.network;
  const fragment = {
    data: { events: { filters: activeChain(view), representation } },
    frames: frames(representation, sizePixels),
  };
  return `// Chosen on ${fileName} in the recording editor. Merge it into a *.transfer.jsonc.\n${JSON.stringify(fragment, null, 2)}\n`;
}
