import { countText, percentText } from '../text/timeText';
import type { ChainStep } from '../viewState';

const COUNTING = 'counting…';

function isWithoutThreshold({ settings }: ChainStep): boolean {
  return settings.name === 'DropPixel' && !settings.hot_pixel_frequency && !settings.coordinates?.length;
}

/** What a step drops of the loaded events. @param before undefined while none are loaded. @param after likewise. */
export function reductionText(
  step: ChainStep,
  before: number | undefined,
  after: number | undefined,
): string {
  if (!step.enabled) {
    return 'off';
  }
  if (isWithoutThreshold(step)) {
    return 'drops nothing: enter a hot pixel frequency';
  }
  if (before === undefined || after === undefined) {
    return COUNTING;
  }
  const text = `drops ${percentText(before > 0 ? 1 - after / before : 0)} of ${countText(before)}`;
  return step.settings.name === 'DropPixel' && before > 0 && after === before
    ? `${text}: no pixel fires that often`
    : text;
}

/** What passes the whole chain. @param reduction events before the chain and after each active step; empty: none yet. */
export function totalText(reduction: readonly number[]): string {
  const [first] = reduction;
  const last = reduction.at(-1);
  if (first === undefined || last === undefined) {
    return COUNTING;
  }
  const share = first > 0 ? ` (${percentText(last / first)})` : '';
  return `${countText(last)} of ${countText(first)} loaded events pass${share}.`;
}
