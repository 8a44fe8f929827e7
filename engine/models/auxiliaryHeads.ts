import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from '../datasets/random';
import { ParameterStore, uniformValues } from './parameterStore';

/** Outputs of {@link AuxiliaryHeads.forward}. */
export interface AuxiliaryLogits {
  /** Static against event, per frame [T, B, 2]. */
  readonly modalityLogits: tf.Tensor3D;
  /** Mix ratio of each sequence before the sigmoid [B]. */
  readonly ratioLogits: tf.Tensor1D;
}

/**
 * TMKT's light heads (methods.md 6; shapes are ours): linear on the pooled backbone output per step for the modality,
 * linear on its mean over time for the mix ratio. Needed in training only. Owns its variables.
 */
export class AuxiliaryHeads {
  readonly parameters = new ParameterStore();

  /** @param width channels of the backbone's output. */
  constructor(
    private readonly width: number,
    seed: number,
  ) {
    for (const [name, outputs] of [
      ['modality_head', 2],
      ['ratio_head', 1],
    ] as const) {
      this.addLinear(name, outputs, seed);
    }
  }

  private addLinear(name: string, outputs: number, seed: number): void {
    const bound = 1 / Math.sqrt(this.width);
    const values = (suffix: string, size: number) =>
      uniformValues(size, bound, randomStream(seed, 'weights', `${name}.${suffix}`));
    const layout = { kind: 'linear', height: 1, width: 1, channels: this.width } as const;
    const size = this.width * outputs;
    this.parameters.add(`${name}.weight`, values('weight', size), [this.width, outputs], layout);
    this.parameters.add(`${name}.bias`, values('bias', outputs), [outputs], { kind: 'vector' });
  }

  private linear(name: string, x: tf.Tensor): tf.Tensor2D {
    const variable = (suffix: string) => this.parameters.get(`${name}.${suffix}`)!.variable as tf.Tensor;
    return tf.add(tf.matMul(x as tf.Tensor2D, variable('weight') as tf.Tensor2D), variable('bias'));
  }

  /** @param pooled backbone output of the mixed stream, mean over its pixels [T, B, width]. */
  forward(pooled: tf.Tensor3D): AuxiliaryLogits {
    const [steps, batch, width] = pooled.shape;
    const frames = tf.reshape(pooled, [steps * batch, width]);
    const modality = this.linear('modality_head', frames);
    const ratio = this.linear('ratio_head', tf.mean(pooled, 0));
    return {
      modalityLogits: tf.reshape(modality, [steps, batch, 2]),
      ratioLogits: tf.reshape(ratio, [batch]),
    };
  }

  dispose(): void {
    this.parameters.dispose();
  }
}
