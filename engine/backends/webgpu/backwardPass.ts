import { engine, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';

/** The name of the scope in which tfjs (4.22) goes back through what it recorded. */
const SCOPE = 'backward';

/**
 * The scope of the backward pass that is running, if any. Where its gradients are differentiated themselves, what was
 * saved for it is read once more: that is none here.
 */
function runningScope(): number | undefined {
  const { scopeStack, gradientDepth } = engine().state;
  return gradientDepth === 0 ? scopeStack.findLast(({ name }) => name === SCOPE)?.id : undefined;
}

/** Whether gradients are being taken for the last time from what the forward pass saved. */
export function isInBackwardPass(): boolean {
  return runningScope() !== undefined;
}

/**
 * Whether a gradient was made by the backward pass that is running and ends with it: a gradient that a caller passed to
 * `tf.grads`, or one that is kept, belongs to others.
 */
export function belongsToBackwardPass(gradient: TensorInfo): boolean {
  const { kept, scopeId } = gradient as Partial<Tensor>;
  return isInBackwardPass() && kept !== true && scopeId === runningScope();
}
