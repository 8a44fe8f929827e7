import { copyFloats, zeroFloats } from './vector';

@unmanaged
class FilterArgs {
  source: usize;
  target: usize;
  kernelHeight: i32;
  kernelWidth: i32;
  channels: i32;
  outChannels: i32;
  /** Row length of the target: outChannels (pad) or channels (flip), rounded up to a multiple of 4. */
  rowFloats: i32;
  /** Rows per kernel position in the flipped filter: outChannels rounded up to a multiple of 4. */
  rows: i32;
}

/** [kernelHeight, kernelWidth, channels, outChannels] -> the same with rows of `rowFloats`, zero-padded. */
export function padFilter(args: usize): void {
  const a = changetype<FilterArgs>(args);
  padRows(a, a.source, a.target, a.kernelHeight * a.kernelWidth);
}

/** The same with both kernel axes exchanged; the chunk is a kernel position of the source. */
export function exchangeFilter(args: usize, chunk: i32): void {
  const a = changetype<FilterArgs>(args);
  const ky = chunk / a.kernelWidth, kx = chunk - ky * a.kernelWidth;
  const target = a.target + ((kx * a.kernelHeight + ky) * a.channels * a.rowFloats << 2);
  padRows(a, a.source + (chunk * a.channels * a.outChannels << 2), target, 1);
}

function padRows(a: FilterArgs, source: usize, target: usize, taps: i32): void {
  for (let row = 0; row < taps * a.channels; row++) {
    copyFloats(target, source, a.outChannels);
    zeroFloats(target + (a.outChannels << 2), a.rowFloats - a.outChannels);
    source += a.outChannels << 2;
    target += a.rowFloats << 2;
  }
}

/** [kh, kw, ci, co] -> [kh, kw, rows (co), rowFloats (ci)], both kernel axes reversed, zero-padded. */
export function flipFilter(args: usize): void {
  const a = changetype<FilterArgs>(args);
  const taps = a.kernelHeight * a.kernelWidth;
  zeroFloats(a.target, taps * a.rows * a.rowFloats);
  for (let tap = 0; tap < taps; tap++) {
    const target = a.target + (((taps - 1 - tap) * a.rows * a.rowFloats) << 2);
    const source = a.source + ((tap * a.channels * a.outChannels) << 2);
    for (let c = 0; c < a.channels; c++) {
      for (let o = 0; o < a.outChannels; o++) {
        store<f32>(target + ((o * a.rowFloats + c) << 2), load<f32>(source + ((c * a.outChannels + o) << 2)));
      }
    }
  }
}
