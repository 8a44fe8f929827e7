import * as tf from '@tensorflow/tfjs-core';

/** What a backend asks of training steps, and what it does for them. */
export interface StepSupport {
  /** By what the loss is multiplied before the backward pass; AdamW's gradientScale is its inverse. */
  readonly lossScale: number;
  /** Whether AdamW leaves everything as it is where a gradient is not finite, without reading anything back. */
  readonly skipsOverflow: boolean;
}

/** Of the active backend; CPU backends need and do nothing. */
export function stepSupport(): StepSupport {
  const { lossScale = 1, skipsOverflow = false } = tf.backend() as Partial<StepSupport>;
  return { lossScale, skipsOverflow };
}
