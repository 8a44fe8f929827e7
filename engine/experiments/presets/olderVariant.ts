import type { ConfigurationChanges } from '../experiment';

/** What the data sets give the semantic loss of the older variant (methods.md 4.7). */
interface SemanticSettings {
  readonly weight: number;
  readonly margin: number;
  /** Share of the run at which the loss begins. */
  readonly from: number;
}

/**
 * The older variant of KTL (arXiv v1; methods.md 4.7): no static loss, level term of the last step only, kappa 1, cubic
 * replacement over the first half, semantic loss in it, E = 600.
 */
export function olderVariant({ weight, margin, from }: SemanticSettings): ConfigurationChanges {
  return {
    loss: { staticWeight: 0, tetLevel: 'last-step' },
    alignment: { kind: 'cka', coefficients: 'none', weight: 1 },
    mixer: { kind: 'sliding', reach: 0.5 },
    semantic: { weight, margin, from, to: 0.5 },
    training: { epochs: 600 },
  };
}
