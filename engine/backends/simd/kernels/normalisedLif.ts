import { flush } from './batchNorm';
import { AnySurrogate, AnyTau, charge, isPowerOfTwo, PowerOfTwo, QGate, surrogateDerivative } from './neuron';
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
    if (isPowerOfTwo(a.tau)) count += fireRows<PowerOfTwo>(a, stream, row, rows, scratch);
    else count += fireRows<AnyTau>(a, stream, row, rows, scratch);
  }
  store<i32>(a.counts + (chunk << 2), count);
}

/** Fires some rows through all steps; returns the number of spikes. An unwanted membrane is stored over v again. */
function fireRows<Tau>(a: NormalisedLifArgs, stream: i32, row: i32, rows: i32, v: usize): i32 {
  const tau = f32x4.splat(a.tau), inverse = f32x4.splat(1 / a.tau), threshold = f32x4.splat(a.threshold);
  const one = f32x4.splat(1);
  const rowBytes: usize = a.channels << 2;
  let counts = i32x4.splat(0);
  const blockBytes = rowBytes * rows;
  memory.fill(v, 0, blockBytes);
  for (let step = 0; step < a.steps; step++) {
    const group = stream * a.steps + step;
    const coefficients = a.coefficients + <usize>group * rowBytes * 4;
    const offset = (<usize>group * a.rows + row) * rowBytes;
    for (let c: usize = 0; c < rowBytes; c += 16) {
      const mean = v128.load(coefficients + c);
      const scale = v128.load(coefficients + rowBytes + c);
      const shift = v128.load(coefficients + rowBytes * 2 + c);
      let source = a.x + offset + c, spikes = a.spikes + offset + c;
      let membrane = a.membrane ? a.membrane + offset + c : v + c;
      const end = v + c + blockBytes;
      for (let local = v + c; local < end; local += rowBytes) {
        const x = madd(f32x4.sub(v128.load(source), mean), scale, shift);
        const u = charge<Tau>(v128.load(local), x, tau, inverse);
        const fired = f32x4.gt(u, threshold);
        const after = v128.andnot(u, fired);
        v128.store(spikes, v128.and(fired, one));
        v128.store(local, after);
        v128.store(membrane, after);
        counts = i32x4.sub(counts, fired);
        source += rowBytes;
        spikes += rowBytes;
        membrane += rowBytes;
      }
    }
  }
  return i32x4.extract_lane(counts, 0) + i32x4.extract_lane(counts, 1) + i32x4.extract_lane(counts, 2) +
    i32x4.extract_lane(counts, 3);
}

/** One chunk of the backward pass. Scratch: (steps + 1) * blockRows * channels + 4 floats. */
export function normalisedLifGradient(args: usize, chunk: i32, scratch: usize): void {
  const a = changetype<NormalisedLifArgs>(args);
  const stream = chunk / a.pieces, piece = chunk - stream * a.pieces;
  for (let step = 0; step < a.steps; step++) {
    memory.fill(sumsOf(a, stream, step, piece), 0, a.channels << 4);
  }
  const end = pieceStart(a.rows, a.pieces, piece + 1);
  for (let row = pieceStart(a.rows, a.pieces, piece); row < end; row += a.blockRows) {
    const rows = min(a.blockRows, end - row);
    if (isPowerOfTwo(a.tau)) chargeRows<PowerOfTwo>(a, stream, row, rows, scratch);
    else chargeRows<AnyTau>(a, stream, row, rows, scratch);
    if (a.surrogate == 0) backwardRows<QGate>(a, stream, piece, row, rows, scratch);
    else backwardRows<AnySurrogate>(a, stream, piece, row, rows, scratch);
  }
}

// @ts-ignore: decorator
@inline
function sumsOf(a: NormalisedLifArgs, stream: i32, step: i32, piece: i32): usize {
  return a.sums + (((stream * a.steps + step) * a.pieces + piece) * a.channels << 4);
}

/** Writes u of all steps to scratch [steps + 1, rows, channels]; block 0 serves as v. */
function chargeRows<Tau>(a: NormalisedLifArgs, stream: i32, row: i32, rows: i32, scratch: usize): void {
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
      let source = a.x + offset + c, membrane = membranes + c;
      const end = scratch + c + blockBytes;
      for (let local = scratch + c; local < end; local += rowBytes) {
        const x = madd(f32x4.sub(v128.load(source), mean), scale, shift);
        const u = charge<Tau>(v128.load(local), x, tau, inverse);
        v128.store(membrane, u);
        v128.store(local, v128.andnot(u, f32x4.gt(u, threshold)));
        source += rowBytes;
        membrane += rowBytes;
      }
    }
  }
}

/** Goes back through the steps; scratch block 0 carries dL/dv of the step before. */
function backwardRows<Surrogate>(
  a: NormalisedLifArgs, stream: i32, piece: i32, row: i32, rows: i32, scratch: usize,
): void {
  const threshold = f32x4.splat(a.threshold), inverse = f32x4.splat(1 / a.tau), keep = f32x4.splat(1 - 1 / a.tau);
  const rowBytes: usize = a.channels << 2;
  const blockBytes = rowBytes * rows;
  const alpha = a.alpha, code = a.surrogate;
  // Without dMembrane one vector of zeros is added again and again.
  const nothing = scratch + (a.steps + 1) * blockBytes;
  const membraneStep: usize = a.dMembrane ? rowBytes : 0;
  v128.store(nothing, f32x4.splat(0));
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
      let source = a.x + offset + c, membrane = membranes + c, dx = a.dx + offset + c;
      let dSpikes = a.dSpikes + offset + c;
      let dMembrane = a.dMembrane ? a.dMembrane + offset + c : nothing;
      const end = scratch + c + blockBytes;
      for (let local = scratch + c; local < end; local += rowBytes) {
        const u = v128.load(membrane);
        const dv = f32x4.add(v128.load(local), v128.load(dMembrane));
        const slope = surrogateDerivative<Surrogate>(f32x4.sub(u, threshold), code, alpha);
        const du = f32x4.add(v128.andnot(dv, f32x4.gt(u, threshold)), f32x4.mul(v128.load(dSpikes), slope));
        const gradient = f32x4.mul(du, inverse);
        v128.store(dx, gradient);
        v128.store(local, f32x4.mul(du, keep));
        sum = f32x4.add(sum, gradient);
        product = madd(gradient, f32x4.sub(v128.load(source), mean), product);
        source += rowBytes;
        membrane += rowBytes;
        dx += rowBytes;
        dSpikes += rowBytes;
        dMembrane += membraneStep;
      }
      flush(sums + (c << 1), sum);
      flush(sums + (rowBytes << 1) + (c << 1), product);
    }
  }
}
