import { element } from '../../dashboard/element';
import type { EditorCommands, EditorModel, EditorPart } from '../editorModel';
import { checkField, row, section, selectField, showValue, textField } from '../elements/controls';
import type { RendererChoice } from '../picture/chooseRenderer';
import { COLOR_SCHEMES, THEME_SCHEME } from '../picture/colorSchemes';
import { takesFrames } from '../stage/framePicture';
import { rendererHelp } from '../text/badgeText';
import { durationText, parseTime } from '../text/timeText';
import type { ViewState } from '../viewState';

const SLICE_LIMITS = { shortest: 1, longest: 10_000_000 };

/** Length of a slice, colours, strength: how events become a picture. */
export class ViewSection implements EditorPart {
  readonly root: HTMLElement;
  readonly #sliceKind: HTMLSelectElement;
  readonly #sliceTime: HTMLInputElement;
  readonly #sliceEvents: HTMLInputElement;
  readonly #sliceSlider: HTMLInputElement;
  readonly #tau: HTMLInputElement;
  readonly #scheme: HTMLSelectElement;
  readonly #scale: HTMLInputElement;
  readonly #renderer: HTMLSelectElement;
  readonly #frames: ReturnType<typeof checkField>;
  readonly #frameStrength: HTMLInputElement;
  readonly #frameRow: HTMLElement;
  readonly #labels: ReturnType<typeof checkField>;
  readonly #sliceRows: HTMLElement;
  readonly #tauRow: HTMLElement;
  readonly #scaleRow: HTMLElement;

  constructor(private readonly commands: EditorCommands) {
    this.#sliceKind = selectField(
      'slice-kind',
      'Slices of',
      [
        ['time', 'time'],
        ['count', 'number of events'],
      ],
      (sliceKind) => commands.setView({ sliceKind }),
    );
    this.#sliceTime = this.#timeField('slice-time', 'Length of a slice', 'sliceMicroseconds');
    this.#sliceEvents = textField('slice-events', 'Events of a slice', (text) => this.#setEvents(text));
    this.#sliceSlider = element('input', {
      type: 'range',
      id: 'slice-slider',
      'aria-label': 'Length of a slice, logarithmic',
      min: 0,
      max: 7,
      step: 0.05,
    });
    this.#sliceSlider.addEventListener('input', () => this.#slide());
    this.#tau = this.#timeField('tau', 'Time constant', 'tau');
    this.#scheme = selectField(
      'scheme',
      'Colours',
      [[THEME_SCHEME, 'as the theme'], ...COLOR_SCHEMES.map(({ id, label }) => [id, label] as const)],
      (scheme) => commands.setView({ scheme }),
    );
    this.#scale = textField(
      'full-scale',
      'Events per pixel at full strength',
      (text) => this.#setScale(text),
      {
        placeholder: 'auto',
      },
    );
    this.#renderer = selectField<RendererChoice>(
      'renderer',
      'Drawn with',
      [
        ['auto', 'automatic'],
        ['webgl', 'graphics card (WebGL 2)'],
        ['canvas', 'processor (Canvas 2D)'],
      ],
      (renderer) => commands.setView({ renderer }),
    );
    this.#frames = checkField('show-frames', 'Camera frames under the events', (frames) =>
      commands.setView({ frames }),
    );
    this.#frameStrength = element('input', {
      type: 'range',
      id: 'frame-strength',
      'aria-label': 'Strength of the camera frames',
      min: 10,
      max: 100,
      step: 5,
    });
    this.#frameStrength.addEventListener('input', () =>
      commands.setView({ frameStrength: Number(this.#frameStrength.value) / 100 }),
    );
    this.#frameRow = row('Frame strength', this.#frameStrength);
    this.#frameRow.title = 'How strongly camera frames show; weaker ones let events stand out';
    this.#labels = checkField('show-labels', 'Labels', (labels) => commands.setView({ labels }));
    this.#sliceRows = element(
      'div',
      { class: 'rows' },
      row('Slices of', this.#sliceKind),
      row('Length', this.#sliceSlider, this.#sliceTime, this.#sliceEvents),
    );
    this.#tauRow = row('Time constant', this.#tau);
    this.#scaleRow = row('Full strength', this.#scale);
    this.root = section(
      'view-section',
      'Picture',
      true,
      this.#sliceRows,
      this.#tauRow,
      row('Colours', this.#scheme),
      this.#scaleRow,
      row('Drawn with', this.#renderer),
      this.#frames.row,
      this.#frameRow,
      this.#labels.row,
    );
  }

  #timeField(id: string, label: string, key: 'sliceMicroseconds' | 'tau'): HTMLInputElement {
    const field = textField(id, label, (text) => {
      const time = parseTime(text);
      if (time !== undefined && time >= SLICE_LIMITS.shortest) {
        this.commands.setView({ [key]: Math.min(time, SLICE_LIMITS.longest) });
      } else {
        this.commands.setView({});
      }
    });
    field.title = 'In µs, or with a unit: 500, 20 ms, 0.1 s';
    return field;
  }

  #setEvents(text: string): void {
    const sliceEvents = Math.round(Number(text.replaceAll(/[ ,]/g, '')));
    this.commands.setView(sliceEvents >= 1 ? { sliceEvents: Math.min(sliceEvents, 2_000_000) } : {});
  }

  #setScale(text: string): void {
    const fullScale = Number(text.replace(',', '.'));
    this.commands.setView({ fullScale: fullScale > 0 ? fullScale : undefined });
  }

  #slide(): void {
    const value = Math.round(10 ** Number(this.#sliceSlider.value));
    const rounded = Number(value.toPrecision(2));
    this.commands.setView(
      this.#sliceKind.value === 'time' ? { sliceMicroseconds: rounded } : { sliceEvents: rounded },
    );
  }

  update({ view, summary, renderer, samples }: EditorModel): void {
    const fades = view.view === 'decay' || view.view === 'surface';
    const byTime = view.sliceKind === 'time';
    this.#sliceRows.hidden = fades || view.view === 'network';
    this.#tauRow.hidden = !fades;
    this.#scaleRow.hidden = view.view === 'surface' || view.view === 'cloud';
    this.#sliceTime.hidden = !byTime;
    this.#sliceEvents.hidden = byTime;
    showValue(this.#sliceKind, view.sliceKind);
    showValue(this.#sliceTime, durationText(view.sliceMicroseconds));
    showValue(this.#sliceEvents, String(view.sliceEvents));
    const value = Math.log10(byTime ? view.sliceMicroseconds : view.sliceEvents);
    this.#sliceSlider.value = String(value);
    this.#sliceSlider.style.setProperty('--share', `${(value / 7) * 100}%`);
    this.#sliceSlider.setAttribute(
      'aria-valuetext',
      byTime ? durationText(view.sliceMicroseconds) : `${view.sliceEvents} events`,
    );
    showValue(this.#tau, durationText(view.tau));
    showValue(this.#scheme, view.scheme);
    showValue(this.#scale, view.fullScale === undefined ? '' : String(view.fullScale));
    showValue(this.#renderer, view.renderer);
    this.#renderer.options[0]!.textContent = `auto (${renderer})`;
    this.#renderer.title = rendererHelp({ renderer, view });
    this.#frames.input.checked = view.frames;
    this.#labels.input.checked = view.labels;
    // A track may be announced and hold nothing.
    const hasFrames = summary.tracks.some(({ kind }, track) => kind === 'frame' && samples.has(track));
    this.#frames.row.hidden = !hasFrames || !takesFrames(view.view);
    this.#showFrameStrength(view);
    this.#labels.row.hidden = summary.labels.length === 0 || view.view === 'network';
  }

  #showFrameStrength({ frames, frameStrength }: ViewState): void {
    const percent = Math.round(frameStrength * 100);
    this.#frameRow.hidden = this.#frames.row.hidden || !frames;
    this.#frameStrength.value = String(percent);
    this.#frameStrength.style.setProperty('--share', `${((percent - 10) / 90) * 100}%`);
    this.#frameStrength.setAttribute('aria-valuetext', `${percent} %`);
  }
}
