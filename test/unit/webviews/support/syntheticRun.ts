import type { EvaluationRecord, IterationRecord, MetricsRecord } from '../../../../engine/runs/metricsRecord';
import type { RunStatus } from '../../../../engine/runs/runStatus';

const LAYERS = ['feature.0', 'feature.1', 'feature.3', 'feature.4', 'feature.6', 'feature.7'];
const CLASSES = 10;
const TIME_STEPS = 6;
const PER_EPOCH = 40;

/** A repeatable value in [0, 1) for each index. */
function noise(index: number): number {
  const value = Math.sin(index * 12.9898 + 78.233) * 43758.5453;
  return value - Math.floor(value);
}

/** What differs between the methods' records. */
export interface SyntheticOptions {
  readonly iterations: number;
  readonly method?: 'ktl' | 'events-only';
}

export function iterationRecord(
  iteration: number,
  { iterations, method = 'ktl' }: SyntheticOptions,
): IterationRecord {
  const share = iteration / iterations;
  const wobble = (salt: number) => (noise(iteration * 17 + salt) - 0.5) * 0.5;
  const transfers = method === 'ktl';
  const rate = (layer: number) => 0.05 + 0.03 * layer + 0.04 * share + wobble(layer) * 0.02;
  return {
    kind: 'iteration',
    iteration,
    iterations,
    epoch: Math.floor((iteration - 1) / PER_EPOCH),
    loss: {
      event: 2.3 * Math.exp(-3 * share) + 0.2 + wobble(1) * 0.3,
      total: 4 * Math.exp(-3.3 * share) + 0.5 + wobble(2) * 0.4,
      ...(transfers && {
        static: 2.2 * Math.exp(-4 * share) + 0.1 + wobble(3) * 0.2,
        alignment: 0.9 - 0.5 * share,
      }),
    },
    batchAccuracy: {
      event: Math.min(1, Math.max(0, 0.1 + 0.88 * (1 - Math.exp(-4 * share)) + wobble(4) * 0.2)),
      ...(transfers && {
        static: Math.min(1, Math.max(0, 0.1 + 0.9 * (1 - Math.exp(-5 * share)) + wobble(5) * 0.1)),
      }),
    },
    ...(transfers && {
      cka: Array.from(
        { length: TIME_STEPS },
        (_, step) => 0.2 + 0.1 * step * share + 0.3 * share + wobble(step + 6) * 0.1,
      ),
      coefficients: Array.from({ length: TIME_STEPS }, (_, step) => 0.73 - 0.03 * (step - 2) * share),
      replacementProbability: share ** 3,
    }),
    learningRate: share < 0.05 ? 2e-3 * (share / 0.05) : 1e-3 * (1 + Math.cos(Math.PI * share)),
    firingRates: Object.fromEntries(
      LAYERS.map((name, layer) => [
        name,
        { event: rate(layer), ...(transfers && { static: rate(layer) * 1.3 }) },
      ]),
    ),
    pairsPerSecond: 81 + wobble(9) * 4,
    elapsedSeconds: iteration * 0.62,
  };
}

export function evaluationRecord(iteration: number, iterations: number): EvaluationRecord {
  const share = iteration / iterations;
  const right = Math.round(100 * (0.3 + 0.65 * (1 - Math.exp(-4 * share))));
  const confusion = Array.from({ length: CLASSES }, (_, label) =>
    Array.from({ length: CLASSES }, (_, prediction) => (label === prediction ? right : 0)),
  );
  for (const [label, row] of confusion.entries()) {
    const wrong = 100 - right;
    const first = (label * 3 + 1) % CLASSES === label ? (label + 1) % CLASSES : (label * 3 + 1) % CLASSES;
    const second = (label + 5) % CLASSES;
    row[first]! += Math.ceil(wrong * 0.6);
    row[second]! += wrong - Math.ceil(wrong * 0.6);
  }
  return {
    kind: 'evaluation',
    iteration,
    iterations,
    accuracy: right / 100,
    loss: 0.5,
    recordings: 1000,
    confusion,
    elapsedSeconds: iteration * 0.62,
  };
}

/** Records of iterations from..to (inclusive, from 1), with an evaluation every tenth of the run. */
export function syntheticRecords(from: number, to: number, options: SyntheticOptions): MetricsRecord[] {
  const every = Math.max(1, Math.floor(options.iterations / 10));
  const records: MetricsRecord[] = [];
  for (let iteration = from; iteration <= to; iteration++) {
    records.push(iterationRecord(iteration, options));
    if (iteration % every === 0) {
      records.push(evaluationRecord(iteration, options.iterations));
    }
  }
  return records;
}

export function syntheticStatus(
  iteration: number,
  iterations: number,
  change: Partial<RunStatus> = {},
): RunStatus {
  return {
    state: 'running',
    name: 'nmnist-1k-ktl',
    method: 'ktl',
    backend: 'simd (relaxed, 2 threads)',
    activity: 'training',
    iteration,
    iterations,
    progress: iteration / iterations,
    secondsLeft: (iterations - iteration) * 0.62,
    pairsPerSecond: 81.4,
    lastLoss: 0.613,
    lastAccuracy: 0.934,
    bestAccuracy: 0.941,
    processId: 4242,
    hostName: 'laboratory',
    startedAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:01:00.000Z',
    ...change,
  };
}
