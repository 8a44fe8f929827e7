import { GESTURES } from '../../events/gestures';
import type { TimeLabel } from '../../protocol/recordingProtocol';

/**
 * Reads the labels of a DVS128 Gesture recording (formats.md 13): lines class,startTime_usec,endTime_usec. Rows may
 * overlap or repeat; lines that hold no three numbers are left out.
 */
export function parseGestureLabels(text: string): TimeLabel[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [gesture, from, to] = line.split(',').map(Number);
    if (!Number.isInteger(gesture) || !(from! >= 0) || !(to! > from!)) {
      return [];
    }
    const name = GESTURES[gesture! - 1] ?? `class ${gesture}`;
    return [{ kind: 'interval' as const, name: `${gesture} ${name}`, from: from!, to: to! }];
  });
}
