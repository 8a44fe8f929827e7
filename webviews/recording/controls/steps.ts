import type { EditorModel } from '../editorModel';

/** How far one step goes: a slice, or a time constant of a fading view. In µs. */
export function stepLength({ view, shown, network, player }: EditorModel): number {
  if (view.view === 'network' && network.tensor) {
    const step = network.tensor.steps.find(({ end }) => end >= player.time) ?? network.tensor.steps[0];
    return Math.max(1, step ? Math.round(step.end - step.start) : 1);
  }
  if (view.view === 'decay' || view.view === 'surface') {
    return view.tau;
  }
  return view.sliceKind === 'time' ? view.sliceMicroseconds : Math.max(1, shown.to - shown.from);
}
