import type { ConfigurationChanges } from '../experiment';

/** Changes of the full KTL method that its ablation rows are made of (methods.md 7.2). */

/** kappa 0, no STR: static branch and sliding only. */
export const NO_ALIGNMENT: ConfigurationChanges = {
  alignment: { kind: 'none', coefficients: 'none', weight: 0 },
};

/** kappa 0.5 without --regularization: alignment, all step weights 1. */
export const FIXED_COEFFICIENT: ConfigurationChanges = { alignment: { kind: 'cka', coefficients: 'none' } };

/** kappa 1 without --regularization, the likely meaning of "fixed coefficient 1.0" (methods.md 8.2, 13). */
export const FIXED_COEFFICIENT_ONE: ConfigurationChanges = {
  alignment: { kind: 'cka', coefficients: 'none', weight: 1 },
};

/** --no-sliding-training without --regularization: a hard switch, which drops the alignment too (methods.md 4.4). */
export const HARD_SWITCH: ConfigurationChanges = { ...NO_ALIGNMENT, mixer: { kind: 'hard-switch' } };

/** --no-sliding-training --regularization: the step weights stay, the alignment they weigh is dropped. */
export const HARD_SWITCH_WITH_STEP_WEIGHTS: ConfigurationChanges = {
  alignment: { kind: 'cka', coefficients: 'learned', weight: 0 },
  mixer: { kind: 'hard-switch' },
};

/** The single-head twin on recordings alone (main.py). */
export const EVENTS_ONLY: ConfigurationChanges = { method: 'events-only' };
