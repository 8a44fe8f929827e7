/** AdamW on one parameter tensor per chunk; `entries` holds an AdamWEntry per tensor. */
@unmanaged
class AdamWArgs {
  entries: usize;
  beta1: f32;
  beta2: f32;
  /** 1 - beta1 and 1 - beta2, rounded once. */
  share1: f32;
  share2: f32;
  epsilon: f32;
  /** learningRate / (1 - beta1^step). */
  stepSize: f32;
  /** 1 / sqrt(1 - beta2^step). */
  rootScale: f32;
}

@unmanaged
class AdamWEntry {
  parameter: usize;
  gradient: usize;
  firstMoment: usize;
  secondMoment: usize;
  newParameter: usize;
  newFirstMoment: usize;
  newSecondMoment: usize;
  size: i32;
  /** 1 - learningRate * weightDecay. */
  decay: f32;
}

export function adamW(args: usize, chunk: i32): void {
  const a = changetype<AdamWArgs>(args);
  const e = changetype<AdamWEntry>(a.entries + chunk * offsetof<AdamWEntry>());
  const full: usize = (e.size & ~3) << 2;
  let i: usize = 0;
  for (; i < full; i += 16) {
    updateVector(a, e, i);
  }
  for (; i < <usize>(e.size << 2); i += 4) {
    updateScalar(a, e, i);
  }
}

// @ts-ignore: decorator
@inline
function updateVector(a: AdamWArgs, e: AdamWEntry, i: usize): void {
  const g = v128.load(e.gradient + i);
  const m = f32x4.add(
    f32x4.mul(v128.load(e.firstMoment + i), f32x4.splat(a.beta1)),
    f32x4.mul(g, f32x4.splat(a.share1)),
  );
  const v = f32x4.add(
    f32x4.mul(v128.load(e.secondMoment + i), f32x4.splat(a.beta2)),
    f32x4.mul(f32x4.mul(g, g), f32x4.splat(a.share2)),
  );
  const root = f32x4.add(f32x4.mul(f32x4.sqrt(v), f32x4.splat(a.rootScale)), f32x4.splat(a.epsilon));
  const p = f32x4.mul(v128.load(e.parameter + i), f32x4.splat(e.decay));
  v128.store(e.newFirstMoment + i, m);
  v128.store(e.newSecondMoment + i, v);
  v128.store(e.newParameter + i, f32x4.sub(p, f32x4.div(f32x4.mul(m, f32x4.splat(a.stepSize)), root)));
}

// @ts-ignore: decorator
@inline
function updateScalar(a: AdamWArgs, e: AdamWEntry, i: usize): void {
  const g = load<f32>(e.gradient + i);
  const m = load<f32>(e.firstMoment + i) * a.beta1 + g * a.share1;
  const v = load<f32>(e.secondMoment + i) * a.beta2 + g * g * a.share2;
  const root = sqrt<f32>(v) * a.rootScale + a.epsilon;
  store<f32>(e.newFirstMoment + i, m);
  store<f32>(e.newSecondMoment + i, v);
  store<f32>(e.newParameter + i, load<f32>(e.parameter + i) * e.decay - (m * a.stepSize) / root);
}
