import { formatBar, type Output } from '../output';

const LINE_EVERY_MS = 100;

function remainingText(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 90 ? `${seconds} s left` : `${Math.ceil(seconds / 60)} min left`;
}

/** Shows how far work has come and how long it will take: `report(phase, share)`, phases one after the other. */
export function progressLine(output: Output): (phase: string, share: number) => void {
  let phase = '';
  let started = 0;
  let shown = 0;
  return (name, share) => {
    const now = Date.now();
    if (name !== phase) {
      phase = name;
      started = now;
    }
    if (now - shown < LINE_EVERY_MS) {
      return;
    }
    shown = now;
    const remaining = share > 0 ? `, ${remainingText(((now - started) / share) * (1 - share))}` : '';
    output.transient(`${formatBar(share)} ${Math.floor(share * 100)} % ${name}${remaining}`);
  };
}
