import type { ImuSample, TriggerSample } from '../../../engine/events/tracks';
import type { NumberedSample } from '../../../engine/protocol/recordingProtocol';
import { countText, durationText, timecode } from '../text/timeText';

/** A measured value in about three digits: "−0.98", "12.3", "250". */
export function numberText(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const text = value.toFixed(digits);
  return Number(text) === 0 ? '0' : text.replace('-', '−');
}

/** "Frame 2 of 3 · 346 × 260 · exposure 10 ms". @param count all frames; undefined where nobody counted them. */
export function frameText(
  sample: NumberedSample & { readonly kind: 'frame' },
  count: number | undefined,
  isExact: boolean,
): string {
  const { number, width, height, exposure } = sample;
  const of = count === undefined ? '' : ` of ${countText(count)}`;
  const parts = [`Frame ${isExact ? '' : 'about '}${countText(number + 1)}${of}`, `${width} × ${height}`];
  return [...parts, ...(exposure === undefined ? [] : [`exposure ${durationText(exposure)}`])].join(' · ');
}

/** "IMU x 0.01 y −0.98 z 0.02 g · x 1.20 y 0 z 3.40 °/s · 31.5 °C". */
export function imuText({ acceleration, rotation, temperature }: ImuSample): string {
  const axes = (values: readonly number[]) =>
    values.map((value, axis) => `${'xyz'[axis]} ${numberText(value)}`).join(' ');
  const parts = [`IMU ${axes(acceleration)} g`, `${axes(rotation)} °/s`];
  return [...parts, ...(temperature === undefined ? [] : [`${numberText(temperature)} °C`])].join(' · ');
}

/** "Trigger external rising at 0:00.123 456". @param start of the recording in µs. */
export function triggerText({ t, label, level }: TriggerSample, start: number): string {
  const edge =
    level === undefined || /rising|falling/.test(label) ? '' : level === 1 ? ', rising' : ', falling';
  return `Trigger ${label}${edge} at ${timecode(t - start)}`;
}
