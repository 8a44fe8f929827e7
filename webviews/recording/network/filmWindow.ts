/** Thumbnails that are drawn beyond each end of what is seen. */
const MARGIN = 8;

/** Which of many thumbnails of one width are worth drawing. @returns first, inclusive, and last, exclusive. */
export function drawnSteps(
  scrolled: number,
  seen: number,
  stepWidth: number,
  steps: number,
): { readonly first: number; readonly last: number } {
  return {
    first: Math.min(steps, Math.max(0, Math.floor(scrolled / stepWidth) - MARGIN)),
    last: Math.max(0, Math.min(steps, Math.ceil((scrolled + seen) / stepWidth) + MARGIN)),
  };
}

/** How far to scroll, at least, to show a step with its neighbours whole. */
export function scrolledTo(
  step: number,
  scrolled: number,
  seen: number,
  stepWidth: number,
  steps: number,
): number {
  const most = Math.max(0, steps * stepWidth - seen);
  const room = Math.min(stepWidth, Math.max(0, (seen - stepWidth) / 2));
  const from = step * stepWidth - room;
  const to = (step + 1) * stepWidth + room - seen;
  return Math.min(most, Math.max(0, to, Math.min(from, scrolled)));
}
