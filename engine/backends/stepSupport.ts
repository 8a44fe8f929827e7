import * as tf from '@tensorflow/tfjs-core';

/** A loss scale as checkpoints keep it. */
export interface LossScaleState {
  readonly scale: number;
  /** Steps since the scale was last changed. */
  readonly stepsSinceChange: number;
}

/** A loss scale that follows what a backend finds in its gradients. */
export interface AdaptiveLossScale {
  /** By what the loss is multiplied before the backward pass; AdamW's gradientScale is its inverse. */
  readonly scale: number;
  /** Training steps skipped one after another because a gradient was not finite, up to the last that is known. */
  readonly skippedInRow: number;
  /** What a resumed run continues from; undefined where the scale is always 1. */
  readonly state: LossScaleState | undefined;
  restore(state: LossScaleState): void;
}

/** How many of the kernels that are needed now are compiled. */
export interface KernelCompilation {
  readonly done: number;
  readonly total: number;
}

/** What a backend asks of training steps, and what it does for them. */
export interface StepSupport {
  readonly lossScaling: Pick<AdaptiveLossScale, 'scale' | 'skippedInRow'> & Partial<AdaptiveLossScale>;
  /** Whether AdamW leaves everything as it is where a gradient is not finite, without reading anything back. */
  readonly skipsOverflow: boolean;
  /** Present while a GPU compiles kernels that queued steps wait for. */
  readonly compilation?: KernelCompilation;
}

/** Has the active backend give memory back that it keeps for batches of the last size. */
export function releaseUnusedMemory(): void {
  (tf.backend() as { releaseUnused?(): void }).releaseUnused?.();
}

/** Of the active backend; CPU backends need and do nothing. */
export function stepSupport(): StepSupport {
  const backend = tf.backend() as Partial<StepSupport>;
  const { lossScaling = { scale: 1, skippedInRow: 0 }, skipsOverflow = false, compilation } = backend;
  return { lossScaling, skipsOverflow, compilation };
}
