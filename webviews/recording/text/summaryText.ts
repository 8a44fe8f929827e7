import type { EditorModel } from '../editorModel';
import { stepAt } from '../network/tensorPicture';
import { VIEW_TITLES } from '../picture/pictureSettings';
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

/** The picture in words, for those who do not see it. */
export function summaryText(model: EditorModel): string {
  const { view, player, shown, statistics, index } = model;
  if (view.view === 'network') {
    return networkText(model);
  }
  if (index?.done && !index.failure && index.events === 0) {
    return 'This recording holds no events.';
  }
  if (!statistics) {
    return 'The events are being loaded.';
  }
  const { events, onEvents } = statistics;
  const on = events > 0 ? `, ${percentText(onEvents / events)} ON` : '';
  const span = durationText(shown.to - shown.from);
  return `${VIEW_TITLES[view.view]} of ${span} up to ${timecode(player.time - player.start)}: ${eventsText(events)}${on}.${whereText(model)}${labelText(model)}`;
}
