import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { FUSED_KERNELS } from '../../engine/backends/fusedKernels';
import { runFusedKernel } from '../../engine/backends/fusedOp';
import { registerSimdBackend } from '../../engine/backends/simd/register';

/**
 * Times every fused kernel of the simd backend on the layers of the NMNIST-1K network at batch 50, 6 time steps and
 * 2 streams: milliseconds, and GFLOP/s of the dense convolution. Argument: number of threads (default 2).
 */
const BATCH = 50;
const STEPS = 6;
const STREAMS = 2;
const IMAGES = BATCH * STEPS * STREAMS;
const REPETITIONS = 15;
const threads = Number(process.argv[2] ?? 2);
const singleThreaded = threads === 1;

/** One convolution block: input size and channels, output channels, typical share of nonzero inputs. */
const LAYERS = [
  { size: 34, channels: 2, outChannels: 8, density: 0.55, binary: false },
  { size: 34, channels: 8, outChannels: 16, density: 0.09, binary: true },
  { size: 17, channels: 16, outChannels: 32, density: 0.25, binary: false },
  { size: 17, channels: 32, outChannels: 32, density: 0.12, binary: true },
  { size: 8, channels: 32, outChannels: 64, density: 0.35, binary: false },
  { size: 8, channels: 64, outChannels: 64, density: 0.16, binary: true },
] as const;

/** Milliseconds of processor time used by all threads of this process. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Least milliseconds: elapsed, or processor time with one thread (the machine may be busy). */
function measure(run: () => tf.Tensor[]): number {
  const now = singleThreaded ? processorTime : () => performance.now();
  const times = Array.from({ length: REPETITIONS }, () => {
    const start = now();
    tf.dispose(run());
    return now() - start;
  });
  return Math.min(...times);
}

function sparse(shape: number[], density: number, binary: boolean): tf.Tensor {
  return tf.tidy(() => {
    const present = tf.cast(tf.less(tf.randomUniform(shape), density), 'float32');
    return binary ? present : tf.mul(present, tf.randomUniform(shape, 0.25, 1));
  });
}

type Layer = (typeof LAYERS)[number];

/** Milliseconds of each kernel of one layer, by the kernel's name. */
function measureLayer({ size, channels, outChannels, density, binary }: Layer): Map<string, number> {
  const x = sparse([IMAGES, size, size, channels], density, binary);
  const filter = tf.randomNormal([3, 3, channels, outChannels]);
  const dy = tf.randomNormal([IMAGES, size, size, outChannels]);
  const convolution = { stride: 1, padding: 1 };
  const norm = { groups: STEPS * STREAMS, epsilon: 1e-5 };
  const lif = {
    ...{ streams: STREAMS, steps: STEPS, tau: 2, threshold: 0.5, surrogate: 'qgate', alpha: 2 },
    withMembrane: false,
  };
  const [gamma, beta] = [tf.ones([outChannels]), tf.zeros([outChannels])];
  const times = new Map<string, number>();
  const time = (name: string, run: () => tf.Tensor[]) => times.set(name, measure(run));
  const gradientOf = (shape: number[]) => ({ ...convolution, shape });
  time(FUSED_KERNELS.convolution, () =>
    runFusedKernel(FUSED_KERNELS.convolution, { x, filter }, convolution),
  );
  time(FUSED_KERNELS.convolutionInputGradient, () =>
    runFusedKernel(FUSED_KERNELS.convolutionInputGradient, { dy, filter }, gradientOf(x.shape)),
  );
  time(FUSED_KERNELS.convolutionFilterGradient, () =>
    runFusedKernel(FUSED_KERNELS.convolutionFilterGradient, { x, dy }, gradientOf(filter.shape)),
  );
  const forward = () => {
    const normalised = runFusedKernel(FUSED_KERNELS.batchNorm, { x: dy, gamma, beta }, norm);
    return [...normalised, ...runFusedKernel(FUSED_KERNELS.lif, { x: normalised[0] as tf.Tensor }, lif)];
  };
  time('BatchNorm + LIF', forward);
  const [y, mean, variance] = forward() as [tf.Tensor, tf.Tensor, tf.Tensor];
  time('BatchNorm + LIF gradient', () => {
    const [gradient] = runFusedKernel(FUSED_KERNELS.lifGradient, { x: y, dSpikes: dy }, lif) as [tf.Tensor];
    const inputs = { dy: gradient, x: dy, mean, variance, gamma };
    return [gradient, ...runFusedKernel(FUSED_KERNELS.batchNormGradient, inputs, norm)];
  });
  return times;
}

function gigaflops({ size, channels, outChannels }: Layer): number {
  return (IMAGES * size * size * 9 * channels * outChannels * 2) / 1e9;
}

function report(layer: Layer, times: ReadonlyMap<string, number>): void {
  const { size, channels, outChannels, density } = layer;
  console.log(`${size}x${size} ${channels} -> ${outChannels}, density ${density}`);
  for (const [name, milliseconds] of times) {
    const rate = name.startsWith('SpikeConv')
      ? `${((gigaflops(layer) / milliseconds) * 1000).toFixed(1)} GFLOP/s`
      : '';
    console.log(`  ${name.padEnd(26)} ${milliseconds.toFixed(2).padStart(8)} ms  ${rate}`);
  }
}

async function main(): Promise<void> {
  const wasmFolder = path.join(process.env.SPIKEBRIDGE_ROOT ?? process.cwd(), 'dist');
  const info = await registerSimdBackend({ threads, wasmFolder });
  await tf.setBackend('simd');
  console.log(`${info.build} build, ${info.threads} threads: ${info.reason}`);
  const totals = new Map<string, number>();
  LAYERS.forEach((layer, index) => {
    const times = tf.tidy(() => measureLayer(layer) as unknown as tf.TensorContainer) as unknown as Map<
      string,
      number
    >;
    report(layer, times);
    for (const [name, milliseconds] of times) {
      const needed = index > 0 || name !== FUSED_KERNELS.convolutionInputGradient;
      totals.set(name, (totals.get(name) ?? 0) + (needed ? milliseconds : 0));
    }
  });
  console.log('Sum over the layers (no input gradient of the first):');
  for (const [name, milliseconds] of totals) {
    console.log(`  ${name.padEnd(26)} ${milliseconds.toFixed(2).padStart(8)} ms`);
  }
  const total = [...totals.values()].reduce((sum, milliseconds) => sum + milliseconds, 0);
  console.log(`  all: ${total.toFixed(1)} ms, at most ${((BATCH / total) * 1000).toFixed(0)} pairs/s`);
  await info.dispose();
}

void main();
