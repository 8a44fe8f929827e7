import type { EditorModel } from '../editorModel';
import { stepAt } from '../network/tensorPicture';
import { VIEW_TITLES } from '../picture/pictureSettings';
import { isWaitingForPass } from '../player/playerState';
import { countText, durationText, eventsText, percentText, timecode } from './timeText';

function whereText({ statistics }: EditorModel): string {
  const { center, activePixels, pixels } = statistics ?? { activePixels: 0, pixels: 1 };
  return center
    ? ` ${percentText(activePixels / pixels)} of the pixels are active, centred at column ${Math.round(center.x)}, row ${Math.round(center.y)}.`
    : '';
}

function networkText({ network, player }: EditorModel): string {
  if (network.busy) {
    return 'The network input is being computed.';
  }
  if (!network.tensor) {
    return network.message ?? 'There is no network input yet.';
  }
  const { shape, steps } = network.tensor;
  const events = steps.reduce((sum, step) => sum + step.events, 0);
  const current = stepAt(network.tensor, player.time);
  const step = steps[current];
  const shown = step
    ? ` Step ${current + 1}: ${countText(step.end - step.start)} µs, ${countText(step.events)} events.`
    : '';
  return `Network input of ${shape.join(' x ')} values (steps, channels, rows, columns) from ${countText(events)} events.${shown}`;
}

/** The labelled intervals that the playhead is in. */
function labelText({ summary, view, player }: EditorModel): string {
  const names = summary.labels.flatMap(({ labels }) =>
    labels.flatMap((label) =>
      label.kind === 'interval' && label.from < player.time && player.time <= label.to ? [label.name] : [],
    ),
  );
  return view.labels && names.length > 0 ? ` Label: ${[...new Set(names)].join(', ')}.` : '';
}

/** That the pass over the recording is waited for, and how far it is. */
function waitingText({ player, index }: EditorModel): string {
  const wished = player.wish?.kind === 'time' ? player.wish.time - player.start : 0;
  const place = Number.isFinite(wished) ? timecode(wished) : 'its end';
  return `Loading… the recording is being read up to ${place} (${percentText(index?.fraction ?? 0)} read).`;
}

/** Why there is no picture. */
export function nothingShownText({ index, player }: Pick<EditorModel, 'index' | 'player'>): string {
  if (index?.done && !index.failure && index.events === 0) {
    return 'This recording holds no events.';
  }
  return player.mode === 'paused' && player.end > player.start
    ? 'The events at this time could not be loaded.'
    : 'Loading… the events are being read.';
}

/** The picture in words, for those who do not see it. */
export function summaryText(model: EditorModel): string {
  const { view, player, statistics } = model;
  if (isWaitingForPass(player)) {
    return waitingText(model);
  }
  if (view.view === 'network') {
    return networkText(model);
  }
  if (!statistics) {
    return nothingShownText(model);
  }
  const { events, onEvents, shown } = statistics;
  const on = events > 0 ? `, ${percentText(onEvents / events)} ON` : '';
  const span = durationText(shown.to - shown.from);
  return `${VIEW_TITLES[view.view]} of ${span} up to ${timecode(shown.to - player.start)}: ${eventsText(events)}${on}.${whereText(model)}${labelText(model)}`;
}
