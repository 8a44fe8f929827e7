import type { BackendName, PrecisionChoice } from './choice';
import type { Precision } from './webgpu/webGpuBackend';

/** The precision that a backend computes in. */
export interface TakenPrecision {
  /** Of activations and their gradients; weights and sums are always f32. */
  readonly precision: Precision;
  /** Why, and what of it is otherwise, for people. */
  readonly precisionReason: string;
}

/** For people: "f32: simd knows no other". */
export function precisionText({ precision, precisionReason }: TakenPrecision): string {
  return `${precision}: ${precisionReason}`;
}

/** What a backend without halves makes of the precision asked for. */
export function wholePrecision(backend: BackendName, asked: PrecisionChoice = 'auto'): TakenPrecision {
  const instead = asked === 'f16' ? 'f16 was asked for, but ' : '';
  return { precision: 'f32', precisionReason: `${instead}${backend} knows no other` };
}

/**
 * What a GPU backend makes of the precision asked for.
 * @param noMatrices why convolutions do not multiply f16 matrices; undefined where they do, or could.
 */
export function gpuPrecision(
  asked: PrecisionChoice,
  precision: Precision,
  noMatrices: string | undefined,
): TakenPrecision {
  if (precision === 'f16' && noMatrices) {
    return {
      precision,
      precisionReason: `of kept values only; convolutions multiply in f32 (${noMatrices})`,
    };
  }
  const automatic = precision === 'f16' ? 'this GPU multiplies it as matrices' : noMatrices;
  return { precision, precisionReason: asked === 'auto' && automatic ? automatic : 'it was asked for' };
}
