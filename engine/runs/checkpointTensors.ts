import type * as tf from '@tensorflow/tfjs-core';
import { fetchValues } from '../backends/fetchValues';
import { neuronConstants } from '../models/neuronConstants';
import type { NamedArray, Parameter } from '../models/parameterStore';
import { exportArray, importArray } from '../models/parameterStore';
import type { SpikingNetwork } from '../models/spikingNetwork';
import { COEFFICIENT_NAME, type Trainer } from '../training/trainer';

/** A network and its trainer as the tensors of a checkpoint, and back. Names and layouts are the authors'. */

const FIRST_MOMENT = 'optimizer/first_moment/';
const SECOND_MOMENT = 'optimizer/second_moment/';

/** coefficient.0, coefficient.1, ... of shape [1], as the authors keep them. */
function coefficientArrays(coefficients: tf.Tensor, prefix = ''): NamedArray[] {
  return [...coefficients.dataSync()].map((value, step) => ({
    name: `${prefix}${COEFFICIENT_NAME}.${step}`,
    shape: [1],
    values: Float32Array.of(value),
  }));
}

/** The opposite of {@link coefficientArrays}; undefined when a step is missing. */
function coefficientValues(
  arrays: ReadonlyMap<string, NamedArray>,
  steps: number,
  prefix = '',
): Float32Array | undefined {
  const values = Array.from(
    { length: steps },
    (_, step) => arrays.get(`${prefix}${COEFFICIENT_NAME}.${step}`)?.values[0],
  );
  return values.every((value) => value !== undefined) ? Float32Array.from(values as number[]) : undefined;
}

/** What training adds to a network's variables. */
type TrainedParts = Pick<Trainer, 'coefficients' | 'auxiliaryHeads'>;

/** Weights, running statistics, coefficients, auxiliary heads and neuron constants. */
export async function weightArrays(
  network: SpikingNetwork,
  { coefficients, auxiliaryHeads }: TrainedParts = {},
): Promise<NamedArray[]> {
  const auxiliary = auxiliaryHeads?.parameters;
  const tensors = [...network.parameters.tensors(), ...(auxiliary?.tensors() ?? [])];
  await fetchValues([...tensors, ...(coefficients ? [coefficients] : [])]);
  const arrays = network.parameters.export();
  const names = new Set(arrays.map(({ name }) => name));
  const { description, neuron } = network.options;
  return [
    ...(coefficients ? coefficientArrays(coefficients) : []),
    ...arrays,
    ...(auxiliary?.export() ?? []),
    ...neuronConstants(description, neuron, names),
  ];
}

/** AdamW's moments, in the layout of the parameters they belong to. */
export async function optimizerArrays(network: SpikingNetwork, trainer: Trainer): Promise<NamedArray[]> {
  const moments = [...trainer.optimizer.moments()];
  await fetchValues(moments.flatMap(([, { first, second }]) => [first, second]));
  return moments.flatMap(([name, { first, second }]) =>
    (
      [
        [FIRST_MOMENT, first],
        [SECOND_MOMENT, second],
      ] as const
    ).flatMap(([prefix, moment]) =>
      exportNamed(network, name, moment, trainer).map((array) => ({ ...array, name: prefix + array.name })),
    ),
  );
}

/** A variable of the network or of the auxiliary heads; none for the coefficients. */
function parameterOf(
  network: SpikingNetwork,
  { auxiliaryHeads }: TrainedParts,
  name: string,
): Parameter | undefined {
  return network.parameters.get(name) ?? auxiliaryHeads?.parameters.get(name);
}

/** A tensor of a trained parameter's shape (gradient, moment) under the authors' names. */
export function exportNamed(
  network: SpikingNetwork,
  name: string,
  tensor: tf.Tensor,
  trained: TrainedParts = {},
): NamedArray[] {
  const parameter = parameterOf(network, trained, name);
  return parameter ? [exportArray(parameter, tensor)] : coefficientArrays(tensor);
}

/** Assigns coefficients where the checkpoint has all of them; returns whether it had. */
export function importCoefficients(
  arrays: ReadonlyMap<string, NamedArray>,
  coefficients: tf.Variable,
  prefix = '',
): boolean {
  const values = coefficientValues(arrays, coefficients.size, prefix);
  if (values) {
    importArray({ name: COEFFICIENT_NAME, layout: { kind: 'vector' } }, coefficients, {
      name: COEFFICIENT_NAME,
      shape: [values.length],
      values,
    });
  }
  return values !== undefined;
}

/** Assigns AdamW's moments; returns the names the checkpoint lacks. */
export function importOptimizer(
  arrays: ReadonlyMap<string, NamedArray>,
  network: SpikingNetwork,
  trainer: Trainer,
): string[] {
  const missing: string[] = [];
  for (const [name, { first, second }] of trainer.optimizer.moments()) {
    for (const [prefix, moment] of [
      [FIRST_MOMENT, first],
      [SECOND_MOMENT, second],
    ] as const) {
      if (!importMoment(arrays, parameterOf(network, trainer, name), prefix, name, moment)) {
        missing.push(prefix + name);
      }
    }
  }
  return missing;
}

function importMoment(
  arrays: ReadonlyMap<string, NamedArray>,
  parameter: Parameter | undefined,
  prefix: string,
  name: string,
  moment: tf.Variable,
): boolean {
  if (!parameter) {
    return importCoefficients(arrays, moment, prefix);
  }
  const array = arrays.get(prefix + name);
  if (array) {
    importArray(parameter, moment, array);
  }
  return array !== undefined;
}
