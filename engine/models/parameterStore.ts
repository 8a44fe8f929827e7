import * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from '../datasets/random';
import { exportedShape, type ParameterLayout, toAuthorsLayout, toOurLayout } from './parameterLayout';

/** A variable of the network with the layout its checkpoint form has. */
export interface Parameter {
  /** The authors' state-dict name. */
  readonly name: string;
  readonly variable: tf.Variable;
  readonly layout: ParameterLayout;
  /** False for BatchNorm's running statistics. */
  readonly trainable: boolean;
}

/** A tensor as it stands in a checkpoint: PyTorch's layout. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** All variables of a network by the authors' names. Owns them. */
export class ParameterStore {
  private readonly parameters = new Map<string, Parameter>();

  /** Adds a variable with the given start values (our layout). */
  add(
    name: string,
    values: Float32Array,
    shape: number[],
    layout: ParameterLayout,
    { trainable = true }: { trainable?: boolean } = {},
  ): tf.Variable {
    const variable = tf.tidy(() => tf.variable(tf.tensor(values, shape), trainable));
    this.parameters.set(name, { name, variable, layout, trainable });
    return variable;
  }

  /** Trainable variables by the authors' name, in the order they were added. */
  trainable(): Map<string, tf.Variable> {
    const trainable = [...this.parameters.values()].filter((parameter) => parameter.trainable);
    return new Map(trainable.map(({ name, variable }) => [name, variable]));
  }

  get(name: string): Parameter | undefined {
    return this.parameters.get(name);
  }

  /** Number of trained and untrained values, without running statistics. */
  count(): number {
    return [...this.parameters.values()]
      .filter(({ trainable }) => trainable)
      .reduce((sum, { variable }) => sum + variable.size, 0);
  }

  /** All variables, trained or not. */
  tensors(): tf.Variable[] {
    return [...this.parameters.values()].map(({ variable }) => variable);
  }

  /** All variables in PyTorch's layout; on a GPU after `fetchValues(tensors())`. */
  export(): NamedArray[] {
    return [...this.parameters.values()].map((parameter) => exportArray(parameter, parameter.variable));
  }

  /**
   * Overwrites variables from arrays in PyTorch's layout.
   * @returns names that the network has and `arrays` lacks.
   * @throws Error when a shape differs.
   */
  import(arrays: ReadonlyMap<string, NamedArray>): string[] {
    const missing: string[] = [];
    for (const parameter of this.parameters.values()) {
      const array = arrays.get(parameter.name);
      if (array) {
        importArray(parameter, parameter.variable, array);
      } else {
        missing.push(parameter.name);
      }
    }
    return missing;
  }

  dispose(): void {
    for (const { variable } of this.parameters.values()) {
      variable.dispose();
    }
    this.parameters.clear();
  }
}

/** A tensor of a parameter's shape (its value, gradient or moment) in PyTorch's layout. */
export function exportArray(
  { name, layout }: Pick<Parameter, 'name' | 'layout'>,
  tensor: tf.Tensor,
): NamedArray {
  const values = toAuthorsLayout(tensor.dataSync() as Float32Array, tensor.shape, layout);
  return { name, shape: exportedShape(tensor.shape, layout), values };
}

/** Assigns an array in PyTorch's layout to a variable of the parameter's shape. */
export function importArray(
  { name, layout }: Pick<Parameter, 'name' | 'layout'>,
  target: tf.Variable,
  array: NamedArray,
): void {
  const expected = exportedShape(target.shape, layout);
  if (expected.join() !== array.shape.join()) {
    throw new Error(`${name} has shape [${array.shape}], the network needs [${expected}]`);
  }
  tf.tidy(() => target.assign(tf.tensor(toOurLayout(array.values, target.shape, layout), target.shape)));
}

/** Values uniform in [-bound, bound). */
export function uniformValues(size: number, bound: number, random: RandomStream): Float32Array {
  return Float32Array.from({ length: size }, () => (2 * random.uniform() - 1) * bound);
}

/** Values of a normal distribution with mean 0. */
export function normalValues(size: number, standardDeviation: number, random: RandomStream): Float32Array {
  return Float32Array.from({ length: size }, () => random.normal() * standardDeviation);
}
