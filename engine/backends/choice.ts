/** Backends a user can ask for; `auto` takes the fastest one present. */
export const BACKEND_CHOICES = ['auto', 'webgpu', 'simd', 'cpu'] as const;
export type BackendChoice = (typeof BACKEND_CHOICES)[number];
export type BackendName = Exclude<BackendChoice, 'auto'>;

/** Precisions a user can ask of a GPU backend; `auto` takes halves where the GPU multiplies them as matrices. */
export const PRECISION_CHOICES = ['auto', 'f32', 'f16'] as const;
export type PrecisionChoice = (typeof PRECISION_CHOICES)[number];
