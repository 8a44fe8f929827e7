import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { convolveSpikes } from '../../../engine/models/convolution';
import { assertSameOnBothBackends, normalValues, sparseValues, useSimdBackend } from './backendPair';

interface ConvolutionCase {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outChannels: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly density: number;
  readonly binary: boolean;
}

/** Output and both gradients of one convolution. */
function convolutionWithGradients(c: ConvolutionCase): tf.Tensor[] {
  const x = sparseValues([c.images, c.height, c.width, c.channels], c.density, c.binary, 11) as tf.Tensor4D;
  const filter = normalValues([c.kernel, c.kernel, c.channels, c.outChannels], 5) as tf.Tensor4D;
  const options = { stride: c.stride, padding: c.padding };
  const y = convolveSpikes(x, filter, options);
  const dy = normalValues(y.shape, 7);
  const gradients = tf.grads((a, b) => convolveSpikes(a as tf.Tensor4D, b as tf.Tensor4D, options))(
    [x, filter],
    dy,
  );
  return [y, ...gradients];
}

function assertConvolution(c: ConvolutionCase): Promise<void> {
  return assertSameOnBothBackends({ compute: () => convolutionWithGradients(c), tolerance: 1e-5 });
}

const base: ConvolutionCase = {
  ...{ images: 3, height: 9, width: 7, channels: 4, outChannels: 8 },
  ...{ kernel: 3, stride: 1, padding: 1, density: 0.2, binary: true },
};

describe('convolution on the simd backend', () => {
  useSimdBackend(2);

  for (const [channels, outChannels] of [
    [2, 8],
    [4, 5],
    [5, 2],
    [24, 40],
    [64, 33],
    [16, 100],
    [1, 1],
  ] as const) {
    it(`agrees with the reference for ${channels} -> ${outChannels} channels`, () =>
      assertConvolution({ ...base, channels, outChannels }));
  }

  for (const density of [0, 0.02, 0.4, 0.9, 1]) {
    it(`agrees at density ${density}`, async () => {
      await assertConvolution({ ...base, channels: 8, outChannels: 24, density });
      await assertConvolution({ ...base, channels: 8, outChannels: 24, density, binary: false });
    });
  }

  it('agrees on images of more rows than one band holds', () =>
    assertConvolution({ ...base, images: 1, height: 120, width: 40, channels: 16, outChannels: 12 }));

  it('agrees on many small images', () =>
    assertConvolution({ ...base, images: 60, height: 8, width: 8, channels: 12, outChannels: 16 }));

  it('agrees with the reference for random geometries', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          images: fc.integer({ min: 1, max: 5 }),
          height: fc.integer({ min: 5, max: 14 }),
          width: fc.integer({ min: 5, max: 14 }),
          channels: fc.integer({ min: 1, max: 20 }),
          outChannels: fc.integer({ min: 1, max: 40 }),
          kernel: fc.constantFrom(1, 2, 3, 5),
          stride: fc.integer({ min: 1, max: 3 }),
          padding: fc.integer({ min: 0, max: 2 }),
          density: fc.constantFrom(0.05, 0.3, 0.7, 1),
          binary: fc.boolean(),
        }),
        (c) => assertConvolution(c),
      ),
      { numRuns: 50, seed: 20261121 },
    ));
});
