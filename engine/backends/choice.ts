/** Backends a user can ask for; `auto` takes the fastest one present. */
export const BACKEND_CHOICES = ['auto', 'simd', 'cpu'] as const;
export type BackendChoice = (typeof BACKEND_CHOICES)[number];
export type BackendName = Exclude<BackendChoice, 'auto'>;
