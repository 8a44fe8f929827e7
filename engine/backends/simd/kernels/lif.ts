import { AnySurrogate, AnyTau, charge, isPowerOfTwo, PowerOfTwo, QGate, surrogateDerivative } from './neuron';
import { pieceStart } from './vector';

/** x has streams * steps * size floats; a chunk is a run of neurons (of all streams: streams * size in all). */
@unmanaged
class LifArgs {
  x: usize;
  spikes: usize;
  /** 0 if not wanted. */
  membrane: usize;
  /** Gradient only: dSpikes, dMembrane (0 if none) and dx. */
  dSpikes: usize;
  dMembrane: usize;
  dx: usize;
  streams: i32;
  steps: i32;
  size: i32;
  chunks: i32;
  tau: f32;
  threshold: f32;
  surrogate: i32;
  alpha: f32;
}

/** Neurons handled at once: their membrane potentials of all steps stay in the cache. */
const BLOCK: i32 = 1024;

/** One chunk of the forward pass. */
export function lif(args: usize, chunk: i32, scratch: usize): void {
  const a = changetype<LifArgs>(args);
  const total = a.streams * a.size;
  let at = pieceStart(total, a.chunks, chunk);
  const end = pieceStart(total, a.chunks, chunk + 1);
  while (at < end) {
    const stream = at / a.size;
    const neuron = at - stream * a.size;
    const count = min(min(BLOCK, end - at), a.size - neuron);
    const offset: usize = (stream * a.steps * a.size + neuron) << 2;
    if (isPowerOfTwo(a.tau)) fireBlock<PowerOfTwo>(a, offset, count, scratch);
    else fireBlock<AnyTau>(a, offset, count, scratch);
    at += count;
  }
}

/** Fires some neurons through all steps. An unwanted membrane is stored over v again. */
function fireBlock<Tau>(a: LifArgs, offset: usize, count: i32, v: usize): void {
  const tau = f32x4.splat(a.tau), inverse = f32x4.splat(1 / a.tau), threshold = f32x4.splat(a.threshold);
  const one = f32x4.splat(1);
  memory.fill(v, 0, (count << 2) + 16);
  for (let step = 0; step < a.steps; step++) {
    const x = a.x + offset, spikes = a.spikes + offset, membrane = a.membrane ? a.membrane + offset : v;
    let i: usize = 0;
    const full: usize = (count & ~3) << 2;
    for (; i < full; i += 16) {
      const u = charge<Tau>(v128.load(v + i), v128.load(x + i), tau, inverse);
      const fired = f32x4.gt(u, threshold);
      const after = v128.andnot(u, fired);
      v128.store(spikes + i, v128.and(fired, one));
      v128.store(v + i, after);
      v128.store(membrane + i, after);
    }
    for (; i < <usize>(count << 2); i += 4) {
      const u = f32x4.extract_lane(charge<Tau>(v128.load32_splat(v + i), v128.load32_splat(x + i), tau, inverse), 0);
      const fired = u > a.threshold;
      store<f32>(spikes + i, fired ? 1 : 0);
      store<f32>(v + i, fired ? 0 : u);
      store<f32>(membrane + i, fired ? 0 : u);
    }
    offset += a.size << 2;
  }
}

/** One chunk of the backward pass. */
export function lifGradient(args: usize, chunk: i32, scratch: usize): void {
  const a = changetype<LifArgs>(args);
  const total = a.streams * a.size;
  let at = pieceStart(total, a.chunks, chunk);
  const end = pieceStart(total, a.chunks, chunk + 1);
  while (at < end) {
    const stream = at / a.size;
    const neuron = at - stream * a.size;
    const count = min(min(BLOCK, end - at), a.size - neuron);
    const offset: usize = (stream * a.steps * a.size + neuron) << 2;
    if (isPowerOfTwo(a.tau)) chargeBlock<PowerOfTwo>(a, offset, count, scratch);
    else chargeBlock<AnyTau>(a, offset, count, scratch);
    if (a.surrogate == 0) backwardBlock<QGate>(a, offset, count, scratch);
    else backwardBlock<AnySurrogate>(a, offset, count, scratch);
    at += count;
  }
}

/** Writes u of all steps to scratch [steps + 1, BLOCK]; row 0 serves as v. Lanes behind `count` are unused. */
function chargeBlock<Tau>(a: LifArgs, offset: usize, count: i32, scratch: usize): void {
  const tau = f32x4.splat(a.tau), inverse = f32x4.splat(1 / a.tau), threshold = f32x4.splat(a.threshold);
  memory.fill(scratch, 0, BLOCK << 2);
  let membranes = scratch + (BLOCK << 2);
  for (let step = 0; step < a.steps; step++) {
    const x = a.x + offset;
    let i: usize = 0;
    const full: usize = (count & ~3) << 2;
    for (; i < full; i += 16) {
      const u = charge<Tau>(v128.load(scratch + i), v128.load(x + i), tau, inverse);
      v128.store(membranes + i, u);
      v128.store(scratch + i, v128.andnot(u, f32x4.gt(u, threshold)));
    }
    for (; i < <usize>(count << 2); i += 4) {
      const u = f32x4.extract_lane(charge<Tau>(v128.load32_splat(scratch + i), v128.load32_splat(x + i), tau, inverse), 0);
      store<f32>(membranes + i, u);
      store<f32>(scratch + i, u > a.threshold ? 0 : u);
    }
    membranes += BLOCK << 2;
    offset += a.size << 2;
  }
}

/** Goes back through the steps; scratch row 0 carries dL/dv of the step before. */
function backwardBlock<Surrogate>(a: LifArgs, offset: usize, count: i32, scratch: usize): void {
  const threshold = f32x4.splat(a.threshold), inverse = f32x4.splat(1 / a.tau), keep = f32x4.splat(1 - 1 / a.tau);
  memory.fill(scratch, 0, BLOCK << 2);
  const alpha = a.alpha, code = a.surrogate;
  // Without dMembrane one vector of zeros is added again and again.
  const nothing = scratch + ((a.steps + 1) * BLOCK << 2);
  const membraneStep: usize = a.dMembrane ? 1 : 0;
  v128.store(nothing, f32x4.splat(0));
  const full: usize = (count & ~3) << 2;
  for (let step = a.steps - 1; step >= 0; step--) {
    const at: usize = offset + (step * a.size << 2);
    const membranes = scratch + ((step + 1) * BLOCK << 2);
    const dSpikes = a.dSpikes + at, dx = a.dx + at;
    const dMembrane = a.dMembrane ? a.dMembrane + at : nothing;
    let i: usize = 0;
    for (; i < full; i += 16) {
      const u = v128.load(membranes + i);
      const dv = f32x4.add(v128.load(scratch + i), v128.load(dMembrane + i * membraneStep));
      const slope = surrogateDerivative<Surrogate>(f32x4.sub(u, threshold), code, alpha);
      const du = f32x4.add(v128.andnot(dv, f32x4.gt(u, threshold)), f32x4.mul(v128.load(dSpikes + i), slope));
      v128.store(dx + i, f32x4.mul(du, inverse));
      v128.store(scratch + i, f32x4.mul(du, keep));
    }
    for (; i < <usize>(count << 2); i += 4) {
      const u = v128.load32_splat(membranes + i);
      const dv = load<f32>(scratch + i) + load<f32>(dMembrane + i * membraneStep);
      const slope = f32x4.extract_lane(surrogateDerivative<Surrogate>(f32x4.sub(u, threshold), code, alpha), 0);
      const fired = f32x4.extract_lane(u, 0) > a.threshold;
      const du = (fired ? <f32>0 : dv) + load<f32>(dSpikes + i) * slope;
      store<f32>(dx + i, du * (<f32>1 / a.tau));
      store<f32>(scratch + i, du * (<f32>1 - <f32>1 / a.tau));
    }
  }
}
