import * as tf from '@tensorflow/tfjs-core';
import { reportOf } from '../errors';
import { alignmentLoss } from '../methods/alignmentLoss';
import { linearCkaOfStreams } from '../methods/linearCka';
import { describeNetwork } from '../models/networkDescription';
import { SpikingNetwork } from '../models/spikingNetwork';
import type { DoctorResult } from '../protocol/engineProtocol';
import { ENGINE_VERSION } from '../runs/environment';
import { type ActiveBackend, BACKEND_PROVIDERS, type BackendProvider } from './backendProvider';
import type { BackendReport } from './backendReport';
import { fetchValues } from './fetchValues';
import { engineRuntime } from './runtime';
import { measureSpeed } from './speedTest';

/** Largest deviation between two backends' training gradients that the self-test accepts, relative. */
const TOLERANCE = 1e-4;

/** Loss and gradient norm of a tiny two-stream network on fixed input: touches every kernel of the hot path. */
async function probeTraining(): Promise<number[]> {
  const network = new SpikingNetwork({
    description: describeNetwork({ preset: 'nmnist-1k', channels: [4, 8, 8, 8, 12, 12] }, 2),
    neuron: { type: 'lif', tau: 2, threshold: 0.5, surrogate: 'qgate', alpha: 2 },
    sizePixels: 16,
    classes: 3,
    seed: 7,
  });
  try {
    const [streams, steps, batch] = [2, 2, 3];
    const input = Float32Array.from(
      { length: streams * steps * batch * 16 * 16 * 2 },
      (_, index) => ((index * 7919) % 13) % 3,
    );
    const lossOf = () => {
      const x = tf.tensor4d(input, [streams * steps * batch, 16, 16, 2]);
      const options = { streams: ['static', 'event'] as const, steps, training: true, withFeatures: true };
      const { logits, features } = network.forward(x, options);
      const alignment = alignmentLoss(linearCkaOfStreams(features!));
      return tf.add(alignment, tf.mean(tf.square(tf.stack([...logits])))) as tf.Scalar;
    };
    const figures = tf.tidy(() => {
      const { value, grads } = tf.variableGrads(lossOf, [...network.parameters.trainable().values()]);
      return [value, ...Object.values(grads).map((gradient) => tf.norm(gradient))];
    });
    await fetchValues(figures);
    const values = figures.map((figure) => figure.dataSync()[0] as number);
    tf.dispose(figures);
    return values;
  } finally {
    network.dispose();
  }
}

interface Probe {
  readonly report: BackendReport;
  readonly values?: number[];
}

async function reportOn(backend: ActiveBackend): Promise<BackendReport> {
  const { name, detail, precision, precisionReason, adapter, kernelReports } = backend;
  const speed = await measureSpeed();
  return {
    ...{ name, available: true, detail, precision: { precision, precisionReason } },
    ...(adapter && { adapter }),
    ...(kernelReports && { kernels: kernelReports }),
    ...(speed && { speed }),
  };
}

async function probe(provider: BackendProvider): Promise<Probe> {
  const { name } = provider;
  try {
    const backend = await provider.activate({});
    try {
      const values = await probeTraining();
      return { report: await reportOn(backend), values };
    } finally {
      await backend.dispose();
    }
  } catch (error) {
    const { message, nextStep } = reportOf(error);
    return { report: { name, available: false, detail: message, nextStep } };
  }
}

/** A backend whose numbers differ from the oracle's counts as missing, and says so. */
function compare({ report, values }: Probe, oracle: number[] | undefined): BackendReport {
  if (!values || !oracle) {
    return report;
  }
  const deviations = values.map(
    (value, index) => Math.abs(value - oracle[index]!) / (Math.abs(oracle[index]!) || 1),
  );
  const worst = Math.max(...deviations);
  const passed = worst <= TOLERANCE;
  const result = { ...report, selfTest: { passed, deviation: worst } };
  return passed
    ? { ...result, detail: `${report.detail}; self-test passed (deviation ${worst.toExponential(1)})` }
    : {
        ...result,
        available: false,
        detail: `self-test failed: gradients deviate by ${worst.toExponential(1)} from cpu`,
      };
}

/** Tries every backend in this very process: a tiny training step on each, compared with the oracle `cpu`. */
export async function diagnoseBackends(): Promise<DoctorResult> {
  const probes: Probe[] = [];
  for (const provider of BACKEND_PROVIDERS) {
    probes.push(await probe(provider));
  }
  const oracle = probes.find(({ report }) => report.name === 'cpu')?.values;
  const backends = probes.map((each) => compare(each, oracle));
  const best = backends.find(({ available }) => available);
  const reason = BACKEND_PROVIDERS.find(({ name }) => name === best?.name)?.reason;
  return {
    engineVersion: ENGINE_VERSION,
    runtime: engineRuntime(),
    backends,
    automatic: { name: best?.name ?? 'none', reason: reason ?? 'no backend passed its self-test' },
  };
}
