import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { SpikeWebGpuBackend } from '../../engine/backends/webgpu/webGpuBackend';
import { batchNormPerStep } from '../../engine/models/batchNorm';
import { convolveSpikes } from '../../engine/models/convolution';
import { lif } from '../../engine/neurons/lif';
import { normalValues, sparseValues } from '../unit/backends/backendPair';
import { useGpu } from './gpuPair';

const STEPS = 2;
const SHAPE = [STEPS, 4, 4, 64];
const NEURON = {
  ...{ streams: 1, steps: STEPS, tau: 2, threshold: 0.5 },
  surrogate: { name: 'qgate', alpha: 2 },
} as const;

const backend = () => tf.backend() as SpikeWebGpuBackend;

/** Values as the backend keeps activations: an average over single pixels makes halves. */
const asHalves = (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, 1, 1, 'valid');
const normalise = (x: tf.Tensor) =>
  batchNormPerStep(x as tf.Tensor4D, tf.ones([64]), tf.fill([64], 0.25), STEPS).y;
const fire = (x: tf.Tensor) => lif(x, NEURON).spikes;
/** Activations whose gradient leaves BatchNorm by its values, not by those of neurons. */
const passOn = (x: tf.Tensor) => tf.mul(x, normalValues(SHAPE, 5));

/** What a layer computes on the way: the convolution's output and BatchNorm's. */
interface Layer {
  readonly convolved: tf.Tensor;
  readonly normalised: tf.Tensor;
}

/**
 * Takes the gradient of a layer and keeps what `keep` chooses of it.
 * @returns the kept values as they are before the backward pass, and after it.
 */
async function heldThroughGradient(
  keep: (layer: Layer) => tf.Tensor,
  behind: (normalised: tf.Tensor) => tf.Tensor,
): Promise<[Float32Array, Float32Array]> {
  const run = (withGradient: boolean): tf.Tensor =>
    tf.tidy(() => {
      let kept: tf.Tensor | undefined;
      const x = sparseValues([STEPS, 4, 4, 4], 0.5, true, 31) as tf.Tensor4D;
      const forward = (filter: tf.Tensor) => {
        const convolved = convolveSpikes(x, filter as tf.Tensor4D, { stride: 1, padding: 1 });
        const normalised = normalise(convolved);
        kept = tf.keep(keep({ convolved, normalised }));
        return tf.sum(behind(normalised));
      };
      const filter = tf.round(tf.mul(normalValues([3, 3, 4, 64], 32), 4));
      (withGradient ? tf.grad(forward) : forward)(filter);
      return kept as tf.Tensor;
    });
  const tensors = [run(false), run(true)] as const;
  const values = await Promise.all(tensors.map((each) => each.data<'float32'>()));
  tf.dispose([...tensors]);
  return values as [Float32Array, Float32Array];
}

describe('values that somebody holds, on the webgpu backend in f16', () => {
  useGpu('f16');
  beforeEach(() => tf.setBackend('webgpu'));

  const keeps: Record<string, (layer: Layer) => tf.Tensor> = {
    'a convolution’s output': ({ convolved }) => convolved,
    'a clone of a convolution’s output': ({ convolved }) => tf.clone(convolved),
    'a reshaped convolution’s output': ({ convolved }) => tf.reshape(convolved, [-1, 64]),
    'BatchNorm’s output': ({ normalised }) => normalised,
    'a clone of BatchNorm’s output': ({ normalised }) => tf.clone(normalised),
    'what another BatchNorm makes of a convolution’s output': ({ convolved }) => normalise(convolved),
  };
  for (const [name, keep] of Object.entries(keeps)) {
    it(`are kept when the gradient goes through neurons and BatchNorm: ${name}`, async () => {
      const [before, after] = await heldThroughGradient(keep, fire);
      assert.deepEqual(after, before);
    });
    it(`are kept when the gradient goes through BatchNorm alone: ${name}`, async () => {
      const [before, after] = await heldThroughGradient(keep, passOn);
      assert.deepEqual(after, before);
    });
  }

  it('are kept where they are the gradient that the backward pass begins with', async () => {
    const layers: Record<string, (x: tf.Tensor) => tf.Tensor> = {
      normalise,
      fire,
      fireBehindNorm: (x) => fire(normalise(x)),
      pool: (x) => tf.avgPool(fire(x) as tf.Tensor4D, 1, 1, 'valid'),
      convolve: (x) =>
        convolveSpikes(x as tf.Tensor4D, normalValues([1, 1, 64, 64], 8) as tf.Tensor4D, {
          stride: 1,
          padding: 0,
        }),
    };
    const valuesOf = async (x: tf.Tensor) => Float32Array.from(await tf.tidy(() => tf.mul(x, 1)).data());
    for (const [name, layer] of Object.entries(layers)) {
      const [x, first] = tf.tidy(() => [asHalves(normalValues(SHAPE, 6)), asHalves(normalValues(SHAPE, 7))]);
      // One gradient that no kernel of ours made, and one that would be freed within a backward pass.
      const second = tf.tidy(() => tf.grad(normalise)(x!, first));
      for (const dy of [first!, second]) {
        const before = await valuesOf(dy);
        const gradient = tf.tidy(() => tf.grad(layer)(x!, dy));
        await gradient.data();
        assert.deepEqual(await valuesOf(dy), before, name);
        gradient.dispose();
      }
      tf.dispose([x!, first!, second]);
    }
  });

  it('are kept where a gradient function keeps the gradient that it gets', async () => {
    let kept: tf.Tensor | undefined;
    const keeping = tf.customGrad((x) => ({
      value: tf.clone(x as tf.Tensor),
      gradFunc: (dy) => {
        kept = tf.keep(dy);
        return dy;
      },
    }));
    const x = tf.tidy(() => asHalves(normalValues(SHAPE, 6)));
    const gradient = tf.tidy(() => tf.grad((a: tf.Tensor) => passOn(normalise(keeping(normalise(a)))))(x));
    assert.ok((await kept!.data()).every(Number.isFinite));
    tf.dispose([x, gradient, kept!]);
  });

  it('only: what nobody holds gives its memory to the gradient', async () => {
    const x = tf.tidy(() => asHalves(normalValues([STEPS, 64, 64, 64], 6)));
    const bytes = x.size * 2;
    const layer = (each: tf.Tensor) => fire(normalise(asHalves(each)));
    const gradientOf = () => tf.tidy(() => tf.grad((a: tf.Tensor) => layer(layer(layer(layer(a)))))(x));
    const gradient = gradientOf();
    const held = backend().allocatedBytes;
    await gradient.data();
    // Four layers: halves that BatchNorm reads and the bits of spikes; but for the first, gradients take their memory.
    assert.ok(held < 12 * bytes, `${held / bytes} times the activations of a layer`);
    tf.dispose([x, gradient]);
  });
});
