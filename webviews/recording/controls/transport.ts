import { element, setText } from '../../dashboard/element';
import type { EditorCommands, EditorModel, EditorPart } from '../editorModel';
import { checkedField, iconButton, selectField, showValue } from '../elements/controls';
import { showNote } from '../elements/fieldNote';
import { setIcon } from '../elements/icon';
import { isPlaying, isWaitingForPass, type PlayerState, SPEEDS } from '../player/playerState';
import { durationText, speedText, timecode } from '../text/timeText';
import { enteredMark, enteredTime, hasOwnClock } from './enteredTime';
import { firstSliceAction, stepAction, TO_THE_END } from './steps';

const TIME_HELP = 'Time from the start (G). Enter µs, or a time with unit: 1500, 1.5 ms, 2 s, 0:01.500';

function modeText(player: PlayerState): string {
  if (isWaitingForPass(player)) {
    return 'Loading: the recording is being read up to there';
  }
  return isPlaying(player) ? 'Playing' : 'Paused';
}

/** Which mark has given way to the other one, and why. */
export function markNote(
  before: PlayerState | undefined,
  { markIn, markOut }: PlayerState,
): { readonly mark: 'markIn' | 'markOut'; readonly text: string } | undefined {
  if (before?.markIn !== undefined && markIn === undefined && markOut !== undefined) {
    return { mark: 'markIn', text: 'IN was cleared: it did not lie before the new OUT.' };
  }
  if (before?.markOut !== undefined && markOut === undefined && markIn !== undefined) {
    return { mark: 'markOut', text: 'OUT was cleared: it did not lie behind the new IN.' };
  }
  return undefined;
}

/** The row of buttons under the timeline. */
export class Transport implements EditorPart {
  readonly root: HTMLElement;
  readonly #time: HTMLInputElement;
  readonly #duration = element('span', { id: 'duration', class: 'timecode faded' });
  readonly #mode = element('span', { id: 'player-mode', class: 'visually-hidden', role: 'status' });
  readonly #play = iconButton('play', 'play', 'Play', 'Space');
  readonly #reverse = iconButton('reverse', 'reverse', 'Play backwards', 'J');
  readonly #loop = iconButton('loop', 'loop', 'Loop between the marks', 'Shift+L');
  readonly #markIn: HTMLInputElement;
  readonly #markOut: HTMLInputElement;
  readonly #clear = iconButton('clear-marks', 'clear', 'Clear the marks', 'X');
  readonly #speed: HTMLSelectElement;
  #model: EditorModel | undefined;

  constructor(private readonly commands: EditorCommands) {
    this.#time = checkedField('timecode', 'Time from the start, exact to the microsecond', (text) =>
      this.#seek(text),
    );
    this.#time.classList.add('timecode');
    this.#markIn = this.#markField('mark-in', 'IN', 'markIn');
    this.#markOut = this.#markField('mark-out', 'OUT', 'markOut');
    const speeds = SPEEDS.map((speed) => [String(speed), speedText(speed)] as const);
    this.#speed = selectField('speed', 'Speed', speeds, (value) =>
      commands.do({ type: 'speed', speed: Number(value) }),
    );
    this.root = element(
      'div',
      { class: 'transport', role: 'toolbar', 'aria-label': 'Player' },
      element('div', { class: 'transport-side' }, this.#time, this.#duration, this.#mode),
      this.#buttons(),
      this.#rightSide(),
    );
  }

  #buttons(): HTMLElement {
    const { commands } = this;
    const toStart = iconButton('to-start', 'toStart', 'To the first slice', 'Home');
    const back = iconButton('step-back', 'stepBack', 'One slice back', '←');
    const forward = iconButton('step-forward', 'stepForward', 'One slice forward', '→');
    const toEnd = iconButton('to-end', 'toEnd', 'To the end', 'End');
    toStart.addEventListener('click', () => commands.do(firstSliceAction(this.#model!)));
    toEnd.addEventListener('click', () => commands.do(TO_THE_END));
    back.addEventListener('click', () => this.#step(-1));
    forward.addEventListener('click', () => this.#step(1));
    this.#play.addEventListener('click', () => commands.do({ type: 'toggle' }));
    this.#reverse.addEventListener('click', () => this.#reversePlaying());
    this.#loop.addEventListener('click', () => commands.do({ type: 'toggleLoop' }));
    this.#play.classList.add('primary');
    return element(
      'div',
      { class: 'transport-buttons' },
      toStart,
      back,
      this.#reverse,
      this.#play,
      forward,
      toEnd,
      this.#loop,
    );
  }

  #rightSide(): HTMLElement {
    const { commands } = this;
    const setIn = iconButton('set-in', 'markIn', 'Set the IN mark here', 'I');
    const setOut = iconButton('set-out', 'markOut', 'Set the OUT mark here', 'O');
    setIn.addEventListener('click', () => commands.do({ type: 'markIn', time: this.#model!.player.time }));
    setOut.addEventListener('click', () => commands.do({ type: 'markOut', time: this.#model!.player.time }));
    this.#clear.addEventListener('click', () => {
      commands.do({ type: 'markIn', time: undefined });
      commands.do({ type: 'markOut', time: undefined });
    });
    const marks = element('div', { class: 'marks' }, setIn, this.#markIn, this.#markOut, setOut, this.#clear);
    return element('div', { class: 'transport-side right' }, marks, this.#speed);
  }

  #markField(id: string, label: string, mark: 'markIn' | 'markOut'): HTMLInputElement {
    const field = checkedField(
      id,
      `${label} mark, time from the start`,
      (text) => this.#setMark(mark, text),
      { placeholder: label },
    );
    field.classList.add('timecode', 'mark');
    return field;
  }

  /** Returns why the text is no mark. */
  #setMark(mark: 'markIn' | 'markOut', text: string): string | undefined {
    const entered = text.trim() ? enteredMark(text, this.#model!.player) : { time: undefined };
    if ('problem' in entered) {
      return entered.problem;
    }
    this.commands.do({ type: mark, time: entered.time });
    return undefined;
  }

  /** Returns why the text is no time; none at all leaves the playhead where it is. */
  #seek(text: string): string | undefined {
    const entered = text.trim() ? enteredTime(text, this.#model!.player) : undefined;
    if (entered && 'problem' in entered) {
      return entered.problem;
    }
    if (entered) {
      this.commands.do({ type: 'seek', time: entered.time });
    } else {
      this.commands.setView({});
    }
    return undefined;
  }

  /** Plays backwards; pressed again, pauses. */
  #reversePlaying(): void {
    const { player } = this.#model!;
    if (player.direction === 1) {
      this.commands.do({ type: 'turnAround' });
    }
    this.commands.do({ type: player.direction === -1 && isPlaying(player) ? 'pause' : 'play' });
  }

  #step(direction: 1 | -1): void {
    this.commands.do(stepAction(this.#model!, direction));
  }

  #timeText(): string {
    const { time, start } = this.#model?.player ?? { time: 0, start: 0 };
    return timecode(time - start);
  }

  #showMarks({ markIn, markOut, start }: PlayerState): void {
    for (const [field, mark] of [
      [this.#markIn, markIn],
      [this.#markOut, markOut],
    ] as const) {
      showValue(field, mark === undefined ? '' : timecode(mark - start));
    }
    this.#clear.disabled = markIn === undefined && markOut === undefined;
  }

  update(model: EditorModel): void {
    const note = markNote(this.#model?.player, model.player);
    this.#model = model;
    const { player } = model;
    const playing = isPlaying(player);
    showValue(this.#time, this.#timeText());
    setText(this.#duration, `/ ${durationText(player.end - player.start)}`);
    const stamps = `, or a timestamp of the file from ${player.start} to ${player.end - 1}`;
    this.#time.title = hasOwnClock(player) ? `${TIME_HELP}${stamps}` : TIME_HELP;
    setText(this.#mode, modeText(player));
    this.root.dataset.mode = player.mode;
    setIcon(this.#play, playing ? 'pause' : 'play');
    this.#play.setAttribute('aria-label', playing ? 'Pause' : 'Play');
    this.#play.title = playing ? 'Pause (Space)' : 'Play (Space)';
    this.#reverse.setAttribute('aria-pressed', String(playing && player.direction === -1));
    this.#loop.setAttribute('aria-pressed', String(player.loop));
    this.#showSpeed(player.speed);
    this.#showMarks(player);
    if (note) {
      showNote(note.mark === 'markIn' ? this.#markIn : this.#markOut, note.text);
    }
  }

  #showSpeed(speed: number): void {
    const value = String(speed);
    if (![...this.#speed.options].some((option) => option.value === value)) {
      this.#speed.append(element('option', { value }, speedText(speed)));
    }
    showValue(this.#speed, value);
  }
}
