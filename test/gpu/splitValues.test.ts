import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { partOf } from '../../engine/backends/webgpu/kernels/gpuKernel';
import { withFactor, withSplitFilter } from '../../engine/backends/webgpu/kernels/splitValues';
import type { ConvolutionShape } from '../../engine/backends/webgpu/shaders/convolutionShape';
import { itemGroups } from '../../engine/backends/webgpu/shaders/filters.wgsl';
import { sumSplitPiecesShader } from '../../engine/backends/webgpu/shaders/splitHalves.wgsl';
import type { SpikeWebGpuBackend } from '../../engine/backends/webgpu/webGpuBackend';
import { normalValues } from '../unit/backends/backendPair';
import { useGpu } from './gpuPair';

const SHAPE: ConvolutionShape = {
  ...{
    frames: 3,
    height: 1,
    width: 2,
    outputHeight: 1,
    outputWidth: 2,
    inputChannels: 64,
    outputChannels: 32,
  },
  ...{ kernelHeight: 3, kernelWidth: 3, stride: 1, paddingTop: 1, paddingLeft: 1 },
};

function halfValue(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

/** The power of two that brings the largest magnitude into [2^13, 2^14). */
function scaleOf(values: Float32Array): number {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return 2 ** (13 - Math.floor(Math.log2(largest)));
}

function assertSplit(high: number, low: number, value: number): void {
  const error = Math.abs(high + low - value);
  assert.ok(error <= Math.max(Math.abs(value) * 2 ** -21, 2 ** -24), `${high} and ${low} for ${value}`);
}

/** Values over many orders of magnitude, zeros among them. */
function wideValues(shape: number[]): tf.Tensor {
  return tf.tidy(() =>
    tf.mul(normalValues(shape, 3), tf.round(tf.exp(tf.mul(tf.abs(normalValues(shape, 5)), 4)))),
  );
}

describe('f32 values as sums of halves', () => {
  useGpu('f32');

  const backend = () => tf.backend() as unknown as SpikeWebGpuBackend;

  /** Halves that `write` leaves in memory that it uses. */
  async function halvesFrom(count: number, write: (copyFrom: (buffer: GPUBuffer) => void) => void) {
    const target = backend().createFloat([count / 2]);
    write((buffer) => backend().copy(buffer, target.buffer, 0, count * 2));
    const words = (await backend().read(target.info.dataId)) as Float32Array;
    backend().disposeData(target.info.dataId);
    return Array.from(new Uint16Array(words.slice().buffer), halfValue);
  }

  beforeEach(() => tf.setBackend('webgpu'));

  it('hold a part of a tensor to 22 bits, or to 2^-38 of the largest value of all', async () => {
    const { frames, width, inputChannels: channels } = SHAPE;
    const x = tf.mul(wideValues([frames, width, channels]), 1e-7);
    const expected = Float32Array.from(await x.data());
    const scale = scaleOf(expected);
    const perPart = width * channels;
    const buffer = backend().bufferOf(x);
    const halves = await halvesFrom(perPart * 2, (copyFrom) =>
      withFactor(
        backend(),
        { buffer, format: 'f32', values: expected.length, channels },
        frames,
        ({ usePart }) => usePart(1, (part) => copyFrom(part.buffer)),
      ),
    );
    for (let index = 0; index < perPart; index++) {
      const at = Math.floor(index / channels) * 2 * channels + (index % channels);
      const value = (expected[perPart + index] as number) * scale;
      assertSplit(halves[at] as number, halves[at + channels] as number, value);
    }
    x.dispose();
  });

  for (const [reversed, terms] of [
    [false, 2],
    [false, 3],
    [true, 3],
  ] as const) {
    it(`hold a filter${reversed ? ' in reverse' : ''} in rows of ${terms} terms`, async () => {
      const { inputChannels, outputChannels } = SHAPE;
      const filter = normalValues([3, 3, inputChannels, outputChannels], 7);
      const weights = Float32Array.from(await filter.data());
      const scale = scaleOf(weights);
      const [rows, columns] = reversed ? [outputChannels, inputChannels] : [inputChannels, outputChannels];
      const halves = await halvesFrom(weights.length * terms, (copyFrom) =>
        withSplitFilter(backend(), filter, { shape: SHAPE, reversed, terms }, copyFrom),
      );
      const perTerm = rows * columns;
      for (let index = 0; index < 9 * perTerm; index++) {
        const [tap, inTap] = [Math.floor(index / perTerm), index % perTerm];
        const parts = Array.from(
          { length: terms },
          (_, term) => halves[(tap * terms + term) * perTerm + inTap],
        );
        const [low, ...high] = parts as number[];
        const [channel, column] = [Math.floor(inTap / columns), inTap % columns];
        const place = reversed ? (8 - tap) * perTerm + column * rows + channel : index;
        high.forEach((each) => {
          assertSplit(each, low as number, (weights[place] as number) * scale);
        });
      }
      filter.dispose();
    });
  }

  for (const inputPlanes of [1, 2] as const) {
    it(`give a filter gradient from products of ${inputPlanes} x 2 planes`, async () => {
      const { inputChannels, outputChannels } = SHAPE;
      const pieces = 18;
      const partial = normalValues([pieces, 9, inputPlanes, inputChannels, 2, outputChannels], 9);
      const scales = tf.tensor2d([
        [8, 1 / 8],
        [2, 1 / 2],
      ]);
      const factor = inputPlanes === 1 ? 1 / 8 : 1 / 16;
      const expected = tf.mul(tf.sum(partial, [0, 2, 4]), factor);
      const output = backend().createFloat([9, inputChannels, outputChannels]);
      const scaleBuffers = [0, 1].map((index) => backend().bufferOf(tf.slice(scales, [index, 0], [1, 2])));
      backend().dispatch({
        label: 'sum',
        key: `${inputPlanes}`,
        shader: () => sumSplitPiecesShader(SHAPE, inputPlanes, pieces),
        buffers: [
          output.buffer,
          partOf(backend().bufferOf(partial), partial.size * 4, 1, 0),
          ...scaleBuffers,
        ].slice(0, 2 + inputPlanes),
        groups: itemGroups(9 * inputChannels * outputChannels),
      });
      const actual = (await backend().read(output.info.dataId)) as Float32Array;
      const wanted = await expected.data();
      wanted.forEach((value, index) => {
        assert.ok(Math.abs((actual[index] as number) - value) < 1e-5, `${index}: ${actual[index]}, ${value}`);
      });
      tf.dispose([partial, scales, expected]);
      backend().disposeData(output.info.dataId);
    });
  }
});
