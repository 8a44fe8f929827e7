import { flush } from './batchNorm';
import { charge, isPowerOfTwo, surrogateDerivative } from './neuron';
import { madd, pieceStart } from './vector';

/**
 * BatchNorm and LIF in one pass: x [streams, steps, rows, channels] is normalised on the fly with the coefficients of
 * BatchNormArgs ([streams * steps, 4, channels]: mean, scale, shift); channels is a multiple of 4. A chunk is
 * (stream, piece): a run of rows of one stream, all steps.
 */
@unmanaged
class NormalisedLifArgs {
  x: usize;
  coefficients: usize;
  spikes: usize;
  /** 0 if not wanted. */
  membrane: usize;
  /** Forward: number of spikes per chunk (i32). */
  counts: usize;
  /** Gradient: dSpikes, dMembrane (0 if none), and dx of the neurons, that is dy of BatchNorm. */
  dSpikes: usize;
  dMembrane: usize;
  dx: usize;
  /** Gradient: float64 sums of dx and dx (x - mean) as BatchNormArgs.sums: [streams * steps * pieces, 2, channels]. */
  sums: usize;
  steps: i32;
  rows: i32;
  channels: i32;
  pieces: i32;
  /** Rows handled at once, at most 128. */
  blockRows: i32;
  tau: f32;
  threshold: f32;
  surrogate: i32;
  alpha: f32;
}

/** One chunk of the forward pass. Scratch: blockRows * channels floats. */
export function normalisedLif(args: usize, chunk: i32, scratch: usize): void {
  const a = changetype<NormalisedLifArgs>(args);
  const stream = chunk / a.pieces, piece = chunk - stream * a.pieces;
  const end = pieceStart(a.rows, a.pieces, piece + 1);
  let count = 0;
  for (let row = pieceStart(a.rows, a.pieces, piece); row < end; row += a.blockRows) {
    const rows = min(a.blockRows, end - row);
    if (!isPowerOfTwo(a.tau)) count += fireRows(a, stream, row, rows, scratch, false, a.membrane != 0);
    else if (a.membrane) count += fireRows(a, stream, row, rows, scratch, true, true);
    else count += fireRows(a, stream, row, rows, scratch, true, false);
  }
  store<i32>(a.counts + (chunk << 2), count);
}

/** Fires some rows through all steps; returns the number of spikes. */
// @ts-ignore: decorator
@inline
function fireRows(
  a: NormalisedLifArgs, stream: i32, row: i32, rows: i32, v: usize, exact: bool, withMembrane: bool,
): i32 {
  const tau = f32x4.splat(a.tau), inverse = f32x4.splat(1 / a.tau), threshold = f32x4.splat(a.threshold);
  const one = f32x4.splat(1);
  const rowBytes: usize = a.channels << 2;
  let counts = i32x4.splat(0);
  memory.fill(v, 0, rowBytes * rows);
  for (let step = 0; step < a.steps; step++) {
    const group = stream * a.steps + step;
    const coefficients = a.coefficients + <usize>group * rowBytes * 4;
    const offset = (<usize>group * a.rows + row) * rowBytes;
    for (let c: usize = 0; c < rowBytes; c += 16) {
      const mean = v128.load(coefficients + c);
      const scale = v128.load(coefficients + rowBytes + c);
      const shift = v128.load(coefficients + rowBytes * 2 + c);
      let at = offset + c, local = v + c;
      for (let r = 0; r < rows; r++) {
        const x = madd(f32x4.sub(v128.load(a.x + at), mean), scale, shift);
        const u = charge(v128.load(local), x, tau, inverse, exact);
        const fired = f32x4.gt(u, threshold);
        const after = v128.andnot(u, fired);
        v128.store(a.spikes + at, v128.and(fired, one));
        v128.store(local, after);
        if (withMembrane) v128.store(a.membrane + at, after);
        counts = i32x4.sub(counts, fired);
        at += rowBytes;
        local += rowBytes;
      }
    }
  }
  return i32x4.extract_lane(counts, 0) + i32x4.extract_lane(counts, 1) + i32x4.extract_lane(counts, 2) +
    i32x4.extract_lane(counts, 3);
}

/** One chunk of the backward pass. Scratch: (steps + 1) * blockRows * channels floats. */
export function normalisedLifGradient(args: usize, chunk: i32, scratch: usize): void {
  const a = changetype<NormalisedLifArgs>(args);
  const stream = chunk / a.pieces, piece = chunk - stream * a.pieces;
  for (let step = 0; step < a.steps; step++) {
    memory.fill(sumsOf(a, stream, step, piece), 0, a.channels << 4);
  }
  const end = pieceStart(a.rows, a.pieces, piece + 1);
  for (let row = pieceStart(a.rows, a.pieces, piece); row < end; row += a.blockRows) {
    const rows = min(a.blockRows, end - row);
    if (isPowerOfTwo(a.tau)) chargeRows(a, stream, row, rows, scratch, true);
    else chargeRows(a, stream, row, rows, scratch, false);
    if (a.surrogate == 0) {
      if (a.dMembrane) backwardRows(a, stream, piece, row, rows, scratch, 0, true);
      else backwardRows(a, stream, piece, row, rows, scratch, 0, false);
    } else {
      backwardRows(a, stream, piece, row, rows, scratch, a.surrogate, a.dMembrane != 0);
    }
  }
}

// @ts-ignore: decorator
@inline
function sumsOf(a: NormalisedLifArgs, stream: i32, step: i32, piece: i32): usize {
  return a.sums + (((stream * a.steps + step) * a.pieces + piece) * a.channels << 4);
}

/** Writes u of all steps to scratch [steps + 1, rows, channels]; block 0 serves as v. */
// @ts-ignore: decorator
@inline
function chargeRows(a: NormalisedLifArgs, stream: i32, row: i32, rows: i32, scratch: usize, exact: bool): void {
  const tau = f32x4.splat(a.tau), inverse = f32x4.splat(1 / a.tau), threshold = f32x4.splat(a.threshold);
  const rowBytes: usize = a.channels << 2;
  const blockBytes = rowBytes * rows;
  memory.fill(scratch, 0, blockBytes);
  for (let step = 0; step < a.steps; step++) {
    const group = stream * a.steps + step;
    const coefficients = a.coefficients + <usize>group * rowBytes * 4;
    const offset = (<usize>group * a.rows + row) * rowBytes;
    const membranes = scratch + (step + 1) * blockBytes;
    for (let c: usize = 0; c < rowBytes; c += 16) {
      const mean = v128.load(coefficients + c);
      const scale = v128.load(coefficients + rowBytes + c);
      const shift = v128.load(coefficients + rowBytes * 2 + c);
      let p = a.x + offset + c;
      for (let local = c; local < blockBytes; local += rowBytes) {
        const x = madd(f32x4.sub(v128.load(p), mean), scale, shift);
        const u = charge(v128.load(scratch + local), x, tau, inverse, exact);
        v128.store(membranes + local, u);
        v128.store(scratch + local, v128.andnot(u, f32x4.gt(u, threshold)));
        p += rowBytes;
      }
    }
  }
}

/** Goes back through the steps; scratch block 0 carries dL/dv of the step before. */
// @ts-ignore: decorator
@inline
function backwardRows(
  a: NormalisedLifArgs, stream: i32, piece: i32, row: i32, rows: i32, scratch: usize, code: i32, withMembrane: bool,
): void {
  const threshold = f32x4.splat(a.threshold), inverse = f32x4.splat(1 / a.tau), keep = f32x4.splat(1 - 1 / a.tau);
  const rowBytes: usize = a.channels << 2;
  const blockBytes = rowBytes * rows;
  const alpha = a.alpha;
  memory.fill(scratch, 0, blockBytes);
  for (let step = a.steps - 1; step >= 0; step--) {
    const group = stream * a.steps + step;
    const means = a.coefficients + <usize>group * rowBytes * 4;
    const sums = sumsOf(a, stream, step, piece);
    const offset = (<usize>group * a.rows + row) * rowBytes;
    const membranes = scratch + (step + 1) * blockBytes;
    for (let c: usize = 0; c < rowBytes; c += 16) {
      const mean = v128.load(means + c);
      let sum = f32x4.splat(0), product = sum;
      let at = offset + c;
      for (let local = c; local < blockBytes; local += rowBytes) {
        const u = v128.load(membranes + local);
        let dv = v128.load(scratch + local);
        if (withMembrane) dv = f32x4.add(dv, v128.load(a.dMembrane + at));
        const slope = surrogateDerivative(f32x4.sub(u, threshold), code, alpha);
        const du = f32x4.add(v128.andnot(dv, f32x4.gt(u, threshold)), f32x4.mul(v128.load(a.dSpikes + at), slope));
        const dx = f32x4.mul(du, inverse);
        v128.store(a.dx + at, dx);
        v128.store(scratch + local, f32x4.mul(du, keep));
        sum = f32x4.add(sum, dx);
        product = madd(dx, f32x4.sub(v128.load(a.x + at), mean), product);
        at += rowBytes;
      }
      flush(sums + (c << 1), sum);
      flush(sums + (rowBytes << 1) + (c << 1), product);
    }
  }
}
