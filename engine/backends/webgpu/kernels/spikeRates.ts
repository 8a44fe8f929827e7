import type { TensorInfo } from '@tensorflow/tfjs-core';
import { FUSED_KERNELS, type SpikeRatesAttributes } from '../../fusedKernels';
import { COUNT_GROUPS, countSpikesShader, spikeRatesShader } from '../shaders/spikeRates.wgsl';
import { sizeOf } from '../storage';
import { gpuKernel, type KernelCall } from './gpuKernel';

/** Spikes kept as bits are counted word by word. */
function spikeRates({
  backend,
  inputs: { spikes },
  attributes: { streams },
}: KernelCall<{ spikes: TensorInfo }, SpikeRatesAttributes>): TensorInfo {
  const neurons = sizeOf(spikes.shape) / streams;
  const stored = backend.valuesOf(spikes);
  const isBits = stored.format === 'bits' && neurons % 32 === 0;
  const format = isBits ? 'bits' : 'f32';
  const items = isBits ? neurons / 32 : neurons;
  const rates = backend.createFloat([streams]);
  backend.withScratch(streams * COUNT_GROUPS * 4, (counts) => {
    backend.dispatch({
      label: 'count spikes',
      key: `${items},${format}`,
      shader: () => countSpikesShader(items, format),
      buffers: [counts, isBits ? stored.buffer : backend.bufferOf(spikes)],
      groups: [COUNT_GROUPS, streams, 1],
    });
    backend.dispatch({
      label: 'spike rates',
      key: String(neurons),
      shader: () => spikeRatesShader(neurons),
      buffers: [rates.buffer, counts],
      groups: [streams, 1, 1],
    });
  });
  return rates.info;
}

export const spikeRateKernels = [gpuKernel(FUSED_KERNELS.spikeRates, spikeRates)];
