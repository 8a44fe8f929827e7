import type { EditorModel } from '../editorModel';
import type { PlayerAction } from '../player/playerState';
import { sliceRule } from '../viewState';

/** What a step depends on. */
type Stepped = Pick<EditorModel, 'view' | 'network' | 'player'>;

/** How far one step goes in µs: a slice, or a time constant of a fading view; undefined for slices of events. */
function stepLength({ view }: Stepped): number | undefined {
  if (view.view === 'decay' || view.view === 'surface') {
    return view.tau;
  }
  return sliceRule(view).kind === 'time' ? view.sliceMicroseconds : undefined;
}

/** Where the steps of the network's input end, in whole µs; empty where it is not shown. */
function tensorEnds({ view, network }: Stepped): readonly number[] {
  return view.view === 'network' ? (network.tensor?.steps ?? []).map(({ end }) => Math.ceil(end)) : [];
}

/** The end of the step `steps` further (negative: back) than `time`; the first or the last where there are no more. */
function tensorStep(ends: readonly number[], time: number, steps: number): number {
  const wanted =
    steps > 0 ? ends.filter((end) => end > time)[steps - 1] : ends.filter((end) => end < time).at(steps);
  return wanted ?? (steps > 0 ? Math.max(...ends) : Math.min(...ends));
}

/** So many slices, or steps of the network's input, forward (negative: back). */
export function stepAction(model: Stepped, slices: number): PlayerAction {
  const ends = tensorEnds(model);
  if (ends.length > 0) {
    const { time } = model.player;
    return { type: 'step', microseconds: tensorStep(ends, time, slices) - time };
  }
  const length = stepLength(model);
  return length === undefined
    ? { type: 'slices', slices }
    : { type: 'step', microseconds: Math.round(slices * length) };
}

/** To the first slice: before its end there is nothing to be seen. */
export function firstSliceAction(model: Stepped): PlayerAction {
  const { start, end } = model.player;
  const [ends, length] = [tensorEnds(model), stepLength(model)];
  if (ends.length > 0) {
    return { type: 'seek', time: ends[0]! };
  }
  return length === undefined
    ? { type: 'firstSlice' }
    : { type: 'seek', time: Math.min(start + Math.round(length), end) };
}

/** To the end; while the recording is being read, as soon as that has come to its end. */
export const TO_THE_END: PlayerAction = { type: 'seek', time: Number.POSITIVE_INFINITY };
