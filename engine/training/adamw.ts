import * as tf from '@tensorflow/tfjs-core';
import { type AdamWAttributes, FUSED_KERNELS } from '../backends/fusedKernels';
import { hasFusedKernel, runFusedKernel } from '../backends/fusedOp';

/** Constants of {@link AdamW}; the learning rate is given at each step. */
export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Decoupled decay of tensors with 2 or more dimensions; biases, BatchNorm and coefficients get none. */
  readonly weightDecay: number;
}

/** One parameter with its optimizer state. */
interface Slot {
  readonly name: string;
  readonly parameter: tf.Variable;
  readonly firstMoment: tf.Variable;
  readonly secondMoment: tf.Variable;
  readonly weightDecay: number;
}

/** {@link FUSED_KERNELS.adamW} for one parameter, in stock tfjs ops. Returns [parameter, first, second moment]. */
export function adamWReference(
  [parameter, gradient, firstMoment, secondMoment]: readonly [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor],
  { learningRate, beta1, beta2, epsilon, step, gradientScale = 1 }: Omit<AdamWAttributes, 'weightDecays'>,
  weightDecay: number,
): [tf.Tensor, tf.Tensor, tf.Tensor] {
  const unscaled = gradientScale === 1 ? gradient : tf.mul(gradient, gradientScale);
  const first = tf.add(tf.mul(firstMoment, beta1), tf.mul(unscaled, 1 - beta1));
  const second = tf.add(tf.mul(secondMoment, beta2), tf.mul(tf.square(unscaled), 1 - beta2));
  const denominator = tf.add(tf.sqrt(tf.div(second, 1 - beta2 ** step)), epsilon);
  const update = tf.div(tf.div(first, 1 - beta1 ** step), denominator);
  const decayed = tf.mul(parameter, 1 - learningRate * weightDecay);
  return [tf.sub(decayed, tf.mul(update, learningRate)), first, second];
}

function zeroMoment(parameter: tf.Variable): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zerosLike(parameter), false));
}

/** AdamW over a fixed list of variables (methods.md 7.1; torch.optim.AdamW). Owns its moments. */
export class AdamW {
  private readonly slots: readonly Slot[];
  private stepCount = 0;

  constructor(
    parameters: ReadonlyMap<string, tf.Variable>,
    private readonly options: AdamWOptions,
  ) {
    this.slots = [...parameters].map(([name, parameter]) => ({
      name,
      parameter,
      firstMoment: zeroMoment(parameter),
      secondMoment: zeroMoment(parameter),
      weightDecay: parameter.rank >= 2 ? options.weightDecay : 0,
    }));
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.stepCount;
  }

  /**
   * Takes one step.
   * @param gradients by tfjs variable name, as tf.variableGrads returns them; variables without a gradient stay.
   * @param gradientScale multiplies every gradient first (the inverse of a loss scale).
   */
  step(gradients: Readonly<Record<string, tf.Tensor>>, learningRate: number, gradientScale = 1): void {
    this.stepCount++;
    const slots = this.slots.filter(({ parameter }) => gradients[parameter.name] !== undefined);
    tf.tidy(() => {
      const outputs = this.update(slots, gradients, learningRate, gradientScale);
      slots.forEach(({ parameter, firstMoment, secondMoment }, index) => {
        parameter.assign(outputs[index] as tf.Tensor);
        firstMoment.assign(outputs[slots.length + index] as tf.Tensor);
        secondMoment.assign(outputs[2 * slots.length + index] as tf.Tensor);
      });
    });
  }

  private update(
    slots: readonly Slot[],
    gradients: Readonly<Record<string, tf.Tensor>>,
    learningRate: number,
    gradientScale: number,
  ): tf.Tensor[] {
    const { beta1, beta2, epsilon } = this.options;
    const constants = { learningRate, beta1, beta2, epsilon, step: this.stepCount, gradientScale };
    const gradientsInOrder = slots.map(({ parameter }) => gradients[parameter.name] as tf.Tensor);
    if (hasFusedKernel(FUSED_KERNELS.adamW)) {
      const inputs = {
        parameters: slots.map(({ parameter }) => parameter),
        gradients: gradientsInOrder,
        firstMoments: slots.map(({ firstMoment }) => firstMoment),
        secondMoments: slots.map(({ secondMoment }) => secondMoment),
      };
      const weightDecays = slots.map(({ weightDecay }) => weightDecay);
      return runFusedKernel(FUSED_KERNELS.adamW, inputs, { ...constants, weightDecays });
    }
    const results = slots.map(({ parameter, firstMoment, secondMoment, weightDecay }, index) =>
      adamWReference(
        [parameter, gradientsInOrder[index] as tf.Tensor, firstMoment, secondMoment],
        constants,
        weightDecay,
      ),
    );
    return [0, 1, 2].flatMap((output) => results.map((result) => result[output] as tf.Tensor));
  }

  /** The moments by the name each parameter was given, for checkpoints; the tensors stay owned by the optimizer. */
  moments(): Map<string, { first: tf.Variable; second: tf.Variable }> {
    return new Map(
      this.slots.map(({ name, firstMoment, secondMoment }) => [
        name,
        { first: firstMoment, second: secondMoment },
      ]),
    );
  }

  /** Restores the step count after the moments were assigned from a checkpoint. */
  restoreSteps(steps: number): void {
    this.stepCount = steps;
  }

  dispose(): void {
    for (const { firstMoment, secondMoment } of this.slots) {
      firstMoment.dispose();
      secondMoment.dispose();
    }
  }
}
