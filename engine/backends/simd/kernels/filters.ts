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
  const rows = a.kernelHeight * a.kernelWidth * a.channels;
  for (let row = 0; row < rows; row++) {
    const target = a.target + ((row * a.rowFloats) << 2);
    copyFloats(target, a.source + ((row * a.outChannels) << 2), a.outChannels);
    zeroFloats(target + (a.outChannels << 2), a.rowFloats - a.outChannels);
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
