import type { SensorSize } from '../../../engine/events/eventBatch';
import type { RecordingSummary } from '../../../engine/protocol/recordingProtocol';
import { element } from '../../dashboard/element';

/** Sensors that people have. */
const SENSORS: readonly (readonly [width: number, height: number, name: string])[] = [
  [34, 34, 'N-MNIST'],
  [128, 128, 'DVS128'],
  [240, 180, 'DAVIS240, N-Caltech101'],
  [304, 240, 'ATIS'],
  [320, 320, 'GenX320'],
  [346, 260, 'DAVIS346'],
  [640, 480, 'Gen3, DSEC, DVXplorer'],
  [1280, 720, 'Gen4, IMX636'],
];

/** What the fields hold where nothing is known. */
const COMMON_SIDE = 128;

function number(id: string, label: string, value: number): HTMLInputElement {
  return element('input', {
    id,
    type: 'number',
    class: 'field',
    'aria-label': label,
    min: 1,
    max: 65_535,
    value,
  });
}

const REMEMBERED = 'The answer is remembered on this computer and nothing is written into the file.';

/** Why the size is asked for, as a title and a text. */
export function sizeQuestion({ fileName, info, suggestedSize }: RecordingSummary): readonly [string, string] {
  const need = suggestedSize
    ? `Its first events need at least ${suggestedSize.width} × ${suggestedSize.height} pixels.`
    : '';
  if (info.size) {
    const { value, how } = info.size;
    return [
      'This sensor is too large to draw',
      `A sensor of ${value.width} x ${value.height} pixels is too large to draw. ${fileName} is taken to have one (${how}). ${need} Give its true size; events outside are left out. ${REMEMBERED}`,
    ];
  }
  return [
    'How large is the sensor?',
    `${fileName} does not say. ${need || 'It holds no events that would tell.'} ${REMEMBERED}`,
  ];
}

/**
 * Asks for the sensor's size, which this file does not say, or which cannot be drawn. The answer is remembered beside VS Code's settings, not in
 * the file.
 */
export function sizeForm(summary: RecordingSummary, answer: (size: SensorSize) => void): HTMLElement {
  const { width, height } = summary.suggestedSize ?? { width: 1, height: 1 };
  const fitting = SENSORS.filter(([columns, rows]) => columns >= width && rows >= height);
  const [likelyWidth, likelyHeight] = (summary.suggestedSize ? fitting[0] : undefined) ?? [
    Math.max(width, COMMON_SIDE),
    Math.max(height, COMMON_SIDE),
  ];
  const columns = number('size-width', 'Width in pixels', likelyWidth);
  const rows = number('size-height', 'Height in pixels', likelyHeight);
  const presets = fitting.map(([sensorWidth, sensorHeight, name]) => {
    const button = element(
      'button',
      { type: 'button', class: 'preset' },
      element('strong', {}, `${sensorWidth} × ${sensorHeight}`),
      element('span', { class: 'faded' }, name),
    );
    button.addEventListener('click', () => answer({ width: sensorWidth, height: sensorHeight }));
    return button;
  });
  const [title, text] = sizeQuestion(summary);
  const form = element(
    'form',
    { class: 'size-form', id: 'size-form', 'aria-labelledby': 'size-title' },
    element('h1', { id: 'size-title' }, title),
    element('p', {}, text),
    element('div', { class: 'presets' }, ...presets),
    element(
      'div',
      { class: 'row-controls' },
      columns,
      '×',
      rows,
      element('button', { type: 'submit', class: 'text-button primary', id: 'size-answer' }, 'Use this size'),
    ),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    answer({ width: Number(columns.value), height: Number(rows.value) });
  });
  return form;
}
