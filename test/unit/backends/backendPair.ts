import assert from 'node:assert/strict';
import path from 'node:path';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import * as tf from '@tensorflow/tfjs-core';
import { registerSimdBackend, type SimdBackendInfo } from '../../../engine/backends/simd/register';

/** dist/ of the repository, where the build puts the WebAssembly files and the thread's bundle. */
export const WASM_FOLDER = path.join(process.env.SPIKEBRIDGE_ROOT ?? process.cwd(), 'dist');

/** Values of tensors and how far they may differ, relative to the largest magnitude of the expected tensor. */
export interface Comparison {
  readonly compute: () => tf.Tensor[];
  readonly tolerance: number;
}

/** Registers the simd backend for one suite and removes it afterwards. */
export function useSimdBackend(threads: number): void {
  let info: SimdBackendInfo;
  before(async () => {
    info = await registerSimdBackend({ threads, wasmFolder: WASM_FOLDER });
  });
  after(async () => {
    await tf.setBackend('cpu');
    await info.dispose();
  });
}

/** The values of all tensors that `compute` makes on a backend. */
export async function valuesOn(backend: string, compute: () => tf.Tensor[]): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  return tf.tidy(
    () => compute().map((tensor) => Float32Array.from(tensor.dataSync())) as unknown as tf.TensorContainer,
  ) as unknown as Float32Array[];
}

/** Asserts that both arrays agree within tolerance * max(1e-6, largest expected magnitude). */
export function assertClose(
  actual: Float32Array,
  expected: Float32Array,
  tolerance: number,
  name: string,
): void {
  assert.equal(actual.length, expected.length, `${name}: length`);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  const worst = expected.reduce((most, value, index) => {
    const difference = Math.abs(value - (actual[index] as number));
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(most, difference);
  }, 0);
  assert.ok(worst <= tolerance * largest, `${name}: ${worst} of ${largest}`);
}

/** Asserts that `compute` gives the same on simd as on the stock cpu backend. */
export async function assertSameOnBothBackends({ compute, tolerance }: Comparison): Promise<void> {
  const expected = await valuesOn('cpu', compute);
  const actual = await valuesOn('simd', compute);
  expected.forEach((values, index) => {
    assertClose(actual[index] as Float32Array, values, tolerance, `output ${index}`);
  });
}

/** Seeded values: `density` of them nonzero; binary, or normal with multiples of 1/4 left alone. */
export function sparseValues(shape: number[], density: number, binary: boolean, seed: number): tf.Tensor {
  return tf.tidy(() => {
    const present = tf.cast(tf.less(tf.randomUniform(shape, 0, 1, 'float32', seed), density), 'float32');
    return binary ? present : tf.mul(present, tf.randomNormal(shape, 0, 1, 'float32', seed + 1));
  });
}

/** Seeded normal values. */
export function normalValues(shape: number[], seed: number): tf.Tensor {
  return tf.randomNormal(shape, 0, 1, 'float32', seed);
}
