import { element, setText } from '../../dashboard/element';
import type { EditorCommands, EditorModel, EditorPart } from '../editorModel';
import { iconButton, selectField, showValue, textField } from '../elements/controls';
import { setIcon } from '../elements/icon';
import { isPlaying, SPEEDS } from '../player/playerState';
import { durationText, parseTime, speedText, timecode } from '../text/timeText';
import { stepLength } from './stepLength';

const MODE_TEXT = { paused: 'Paused', seeking: 'Loading', playing: 'Playing', waiting: 'Waiting for events' };

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
    this.#time = textField('timecode', 'Time from the start, exact to the microsecond', (text) =>
      this.#seek(text),
    );
    this.#time.classList.add('timecode');
    this.#time.title = 'Time from the start (G). Enter µs, or a time with unit: 1500, 1.5 ms, 2 s, 0:01.500';
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
    const toStart = iconButton('to-start', 'toStart', 'To the start', 'Home');
    const back = iconButton('step-back', 'stepBack', 'One slice back', '←');
    const forward = iconButton('step-forward', 'stepForward', 'One slice forward', '→');
    const toEnd = iconButton('to-end', 'toEnd', 'To the end', 'End');
    toStart.addEventListener('click', () => commands.do({ type: 'seek', time: this.#model!.player.start }));
    toEnd.addEventListener('click', () => commands.do({ type: 'seek', time: this.#model!.player.end }));
    back.addEventListener('click', () => this.#step(-1));
    forward.addEventListener('click', () => this.#step(1));
    this.#play.addEventListener('click', () => this.#turn(1));
    this.#reverse.addEventListener('click', () => this.#turn(-1));
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
    const field = textField(
      id,
      `${label} mark, time from the start`,
      (text) => {
        const time = parseTime(text);
        const start = this.#model?.player.start ?? 0;
        this.commands.do({ type: mark, time: time === undefined ? undefined : start + time });
        this.#showMarks();
      },
      { placeholder: label },
    );
    field.classList.add('timecode', 'mark');
    return field;
  }

  #seek(text: string): void {
    const time = parseTime(text);
    if (time !== undefined && this.#model) {
      this.commands.do({ type: 'seek', time: this.#model.player.start + time });
    }
    this.#time.value = this.#timeText();
  }

  /** Plays in a direction; pressed again, pauses. */
  #turn(direction: 1 | -1): void {
    const { player } = this.#model!;
    if (player.direction !== direction) {
      this.commands.do({ type: 'turnAround' });
      this.commands.do({ type: 'play' });
    } else {
      this.commands.do({ type: 'toggle' });
    }
  }

  #step(direction: 1 | -1): void {
    this.commands.do({ type: 'step', microseconds: direction * stepLength(this.#model!) });
  }

  #timeText(): string {
    const { time, start } = this.#model?.player ?? { time: 0, start: 0 };
    return timecode(time - start);
  }

  #showMarks(): void {
    const { markIn, markOut, start } = this.#model!.player;
    for (const [field, mark] of [
      [this.#markIn, markIn],
      [this.#markOut, markOut],
    ] as const) {
      showValue(field, mark === undefined ? '' : timecode(mark - start));
    }
    this.#clear.disabled = markIn === undefined && markOut === undefined;
  }

  update(model: EditorModel): void {
    this.#model = model;
    const { player } = model;
    const playing = isPlaying(player);
    const forwards = playing && player.direction === 1;
    const backwards = playing && player.direction === -1;
    showValue(this.#time, this.#timeText());
    setText(this.#duration, `/ ${durationText(player.end - player.start)}`);
    setText(this.#mode, playing ? MODE_TEXT.playing : MODE_TEXT.paused);
    this.root.dataset.mode = player.mode;
    setIcon(this.#play, forwards ? 'pause' : 'play');
    setIcon(this.#reverse, backwards ? 'pause' : 'reverse');
    this.#play.setAttribute('aria-label', forwards ? 'Pause' : 'Play');
    this.#reverse.setAttribute('aria-label', backwards ? 'Pause' : 'Play backwards');
    this.#loop.setAttribute('aria-pressed', String(player.loop));
    this.#showSpeed(player.speed);
    this.#showMarks();
  }

  #showSpeed(speed: number): void {
    const value = String(speed);
    if (![...this.#speed.options].some((option) => option.value === value)) {
      this.#speed.append(element('option', { value }, speedText(speed)));
    }
    showValue(this.#speed, value);
  }
}
