import type { EditorCommands, EditorModel } from '../editorModel';
import { VIEW_KINDS } from '../picture/pictureSettings';
import { withRegion } from '../stage/region';
import { firstSliceAction, stepAction, TO_THE_END } from './steps';

/** What keys do beside the commands of the editor. */
export interface KeyTargets extends EditorCommands {
  focusTime(): void;
  zoomTimeline(factor: number | undefined): void;
}

/** A key, what it does, and how the help tells it. */
export interface KeyBinding {
  readonly keys: readonly string[];
  readonly shown: string;
  readonly text: string;
  run(model: EditorModel, targets: KeyTargets): void;
}

function step(slices: number): KeyBinding['run'] {
  return (model, targets) => targets.do(stepAction(model, slices));
}

function playIn(direction: 1 | -1): KeyBinding['run'] {
  return ({ player }, targets) => {
    if (player.direction !== direction) {
      targets.do({ type: 'turnAround' });
    }
    targets.do({ type: 'play' });
  };
}

function seekMark(mark: 'markIn' | 'markOut'): KeyBinding['run'] {
  return ({ player }, targets) => {
    const time = player[mark];
    if (time !== undefined) {
      targets.do({ type: 'seek', time });
    }
  };
}

/** All keys. A key is written as `Shift+Alt+` and `KeyboardEvent.key`. */
export const KEY_BINDINGS: readonly KeyBinding[] = [
  { keys: [' '], shown: 'Space', text: 'Play forwards, or pause', run: (_, on) => on.do({ type: 'toggle' }) },
  { keys: ['j'], shown: 'J', text: 'Play backwards', run: playIn(-1) },
  { keys: ['k'], shown: 'K', text: 'Pause', run: (_, on) => on.do({ type: 'pause' }) },
  { keys: ['l'], shown: 'L', text: 'Play forwards', run: playIn(1) },
  { keys: ['ArrowLeft'], shown: '←', text: 'One slice back', run: step(-1) },
  { keys: ['ArrowRight'], shown: '→', text: 'One slice forward', run: step(1) },
  { keys: ['Shift+ArrowLeft'], shown: 'Shift+←', text: 'Ten slices back', run: step(-10) },
  { keys: ['Shift+ArrowRight'], shown: 'Shift+→', text: 'Ten slices forward', run: step(10) },
  {
    keys: [','],
    shown: ',',
    text: 'One µs back',
    run: (_, on) => on.do({ type: 'step', microseconds: -1 }),
  },
  {
    keys: ['.'],
    shown: '.',
    text: 'One µs forward',
    run: (_, on) => on.do({ type: 'step', microseconds: 1 }),
  },
  {
    keys: ['Home'],
    shown: 'Home',
    text: 'To the first slice',
    run: (model, on) => on.do(firstSliceAction(model)),
  },
  {
    keys: ['End'],
    shown: 'End',
    text: 'To the end',
    run: (_, on) => on.do(TO_THE_END),
  },
  { keys: ['g'], shown: 'G', text: 'Enter a time', run: (_, on) => on.focusTime() },
  { keys: ['+', '='], shown: '+', text: 'Faster', run: (_, on) => on.do({ type: 'faster' }) },
  { keys: ['-'], shown: '−', text: 'Slower', run: (_, on) => on.do({ type: 'slower' }) },
  {
    keys: ['i'],
    shown: 'I',
    text: 'Set the IN mark',
    run: ({ player }, on) => on.do({ type: 'markIn', time: player.time }),
  },
  {
    keys: ['o'],
    shown: 'O',
    text: 'Set the OUT mark',
    run: ({ player }, on) => on.do({ type: 'markOut', time: player.time }),
  },
  { keys: ['Shift+I'], shown: 'Shift+I', text: 'To the IN mark', run: seekMark('markIn') },
  { keys: ['Shift+O'], shown: 'Shift+O', text: 'To the OUT mark', run: seekMark('markOut') },
  {
    keys: ['x'],
    shown: 'X',
    text: 'Clear the marks',
    run: (_, on) => {
      on.do({ type: 'markIn', time: undefined });
      on.do({ type: 'markOut', time: undefined });
    },
  },
  {
    keys: ['Shift+L'],
    shown: 'Shift+L',
    text: 'Loop between the marks',
    run: (_, on) => on.do({ type: 'toggleLoop' }),
  },
  ...VIEW_KINDS.map(
    (view, index): KeyBinding => ({
      keys: [String(index + 1)],
      shown: String(index + 1),
      text: `View: ${view}`,
      run: (_, on) => on.setView({ view }),
    }),
  ),
  {
    keys: ['r'],
    shown: 'R',
    text: 'Drop the region',
    run: ({ view }, on) => on.setView({ chain: withRegion(view.chain, undefined) }),
  },
  { keys: ['z'], shown: 'Z', text: 'Timeline closer', run: (_, on) => on.zoomTimeline(0.5) },
  { keys: ['Shift+Z'], shown: 'Shift+Z', text: 'Whole timeline', run: (_, on) => on.zoomTimeline(undefined) },
  {
    keys: ['p'],
    shown: 'P',
    text: 'Side panel',
    run: ({ view }, on) => on.setView({ inspector: !view.inspector }),
  },
  { keys: ['e'], shown: 'E', text: 'Export the picture', run: (_, on) => on.exportPicture() },
  { keys: ['?'], shown: '?', text: 'These keys', run: (_, on) => on.showHelp() },
];

/** Keys of the picture, which has the focus: told in the help. */
export const PICTURE_KEYS: readonly (readonly [shown: string, text: string])[] = [
  ['Arrows', 'Turn the cloud (picture focused)'],
  ['Alt+Arrows', 'Move the read-out (picture focused); with Shift by ten'],
  ['Wheel, +, −', 'Zoom the picture (keys: picture focused)'],
  ['0', 'Fit the picture (picture focused)'],
  ['Alt+drag', 'Move the zoomed picture; the middle button too'],
];

function nameOf({ key, shiftKey }: KeyboardEvent): string {
  const named = key.length > 1 || /[a-z]/i.test(key);
  return shiftKey && named
    ? `Shift+${key.length === 1 ? key.toUpperCase() : key}`
    : key.length === 1
      ? key.toLowerCase()
      : key;
}

const TYPING = 'input:not([type=checkbox]):not([type=range]), select, textarea';
const OWN_SPACE = 'button, summary, input, select';
const OWN_ARROWS = 'input[type=range], select';

/** Whether the focused control needs the key itself. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : undefined;
  if (event.ctrlKey || event.metaKey || event.altKey || target?.closest(TYPING)) {
    return true;
  }
  const space = event.key === ' ' && target?.closest(OWN_SPACE);
  const arrows = event.key.startsWith('Arrow') && target?.closest(OWN_ARROWS);
  return Boolean(space || arrows);
}

/** Makes the keys work everywhere in the page but where people type, until `signal` is aborted. */
export function listenToKeys(model: () => EditorModel, targets: KeyTargets, signal: AbortSignal): void {
  document.addEventListener(
    'keydown',
    (event) => {
      const binding = KEY_BINDINGS.find(({ keys }) => keys.includes(nameOf(event)));
      if (binding && !isTaken(event)) {
        event.preventDefault();
        binding.run(model(), targets);
      }
    },
    { signal },
  );
}
