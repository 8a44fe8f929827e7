import * as tf from '@tensorflow/tfjs-core';
import { alignmentLoss } from './alignmentLoss';
import { type AuxiliaryTargets, mixRatioLoss, modalityLoss } from './auxiliaryLoss';
import { classificationLoss } from './classificationLoss';
import { distillationLoss } from './distillationLoss';
import { linearCkaOfStreams } from './linearCka';
import type { AuxiliaryConfiguration, DistillationConfiguration, LossConfiguration } from './methodSchema';
import { semanticLoss } from './semanticLoss';
import type { StepWeights } from './stepWeights';

/** What the loss is computed from; a stream that a method does not have is absent. */
export interface StreamOutputs {
  /** Logits [T, B, C]. */
  readonly eventLogits?: tf.Tensor3D;
  readonly staticLogits?: tf.Tensor3D;
  /** Alignment features of both streams [2, T, B, D], static first. */
  readonly features?: tf.Tensor4D;
  /** Of the auxiliary heads on the mixed stream: [T, B, 2] and [B]. */
  readonly modalityLogits?: tf.Tensor3D;
  readonly ratioLogits?: tf.Tensor1D;
}

/** The parts of the loss as configured, with the weights of this iteration; absent parts are not computed. */
export interface LossSettings {
  readonly loss: LossConfiguration;
  /** Weight of L_da, see alignmentWeight. */
  readonly kappa: number;
  readonly stepWeights?: StepWeights;
  readonly semantic?: { readonly weight: number; readonly margin: number; readonly partners: Int32Array };
  readonly distillation?: {
    readonly weight: number;
    readonly configuration: DistillationConfiguration;
    /** [B, C]. */
    readonly teacherLogits: tf.Tensor2D;
  };
  readonly auxiliary?: { readonly configuration: AuxiliaryConfiguration; readonly targets: AuxiliaryTargets };
}

/** Names of the loss parts in metrics records. */
export type LossPartName =
  | 'static'
  | 'event'
  | 'alignment'
  | 'semantic'
  | 'distillation'
  | 'modality'
  | 'ratio';

/** The loss with its parts before their weights, all scalars; `total` is what is differentiated. */
export interface TransferLoss {
  readonly total: tf.Scalar;
  readonly parts: Readonly<Partial<Record<LossPartName, tf.Scalar>>>;
  /** Linear CKA per step [T]. */
  readonly cka?: tf.Tensor1D;
}

interface Term {
  readonly name: LossPartName;
  readonly value: tf.Scalar;
  readonly weight: number;
}

function classificationTerms(
  { eventLogits, staticLogits }: StreamOutputs,
  oneHot: tf.Tensor2D,
  { loss, stepWeights }: LossSettings,
): Term[] {
  const terms: Term[] = [];
  if (staticLogits) {
    const value = classificationLoss(staticLogits, oneHot, loss);
    terms.push({ name: 'static', value, weight: loss.staticWeight });
  }
  if (eventLogits) {
    const value = classificationLoss(eventLogits, oneHot, loss, stepWeights);
    terms.push({ name: 'event', value, weight: 1 });
  }
  return terms;
}

function semanticTerms({ features }: StreamOutputs, { semantic }: LossSettings): Term[] {
  if (!semantic || !features) {
    return [];
  }
  const { weight, margin, partners } = semantic;
  const [staticFeatures, eventFeatures] = tf.unstack(features) as [tf.Tensor3D, tf.Tensor3D];
  const value = semanticLoss(eventFeatures, staticFeatures, partners, margin);
  return [{ name: 'semantic', value, weight }];
}

function distillationTerms({ staticLogits }: StreamOutputs, { distillation }: LossSettings): Term[] {
  if (!distillation || !staticLogits) {
    return [];
  }
  const { teacherLogits, configuration, weight } = distillation;
  const value = distillationLoss(teacherLogits, staticLogits, configuration);
  return [{ name: 'distillation', value, weight: weight * configuration.weight }];
}

function auxiliaryTerms({ modalityLogits, ratioLogits }: StreamOutputs, { auxiliary }: LossSettings): Term[] {
  if (!auxiliary) {
    return [];
  }
  const { configuration, targets } = auxiliary;
  const terms: Term[] = [];
  if (modalityLogits) {
    const value = modalityLoss(modalityLogits, targets.modality);
    terms.push({ name: 'modality', value, weight: configuration.modalityWeight });
  }
  if (ratioLogits) {
    const value = mixRatioLoss(ratioLogits, targets.ratio);
    terms.push({ name: 'ratio', value, weight: configuration.ratioWeight });
  }
  return terms;
}

/** The weighted sum; a part of weight 0 is reported, but takes no part in the backward pass. */
function sumOf(terms: readonly Term[]): tf.Scalar {
  const weighted = terms
    .filter(({ weight }) => weight !== 0)
    .map(({ value, weight }) => (weight === 1 ? value : tf.mul(value, weight)) as tf.Scalar);
  return weighted.length > 0
    ? weighted.reduce((sum, value) => tf.add(sum, value) as tf.Scalar)
    : tf.scalar(0);
}

/**
 * L = L_s + L_e + kappa L_da (methods.md 4.4) and what other methods add: W L_KD (CKD, 5), w1 L_MAG + w2 L_MRP
 * (TMKT, 6), mu L_sem (older variant, 4.7). L_s is never re-weighted per step; step weights divide L_e and L_da.
 * @param oneHot labels [B, C].
 */
export function transferLoss(
  outputs: StreamOutputs,
  oneHot: tf.Tensor2D,
  settings: LossSettings,
): TransferLoss {
  const cka = outputs.features && linearCkaOfStreams(outputs.features);
  const alignment: Term[] = cka
    ? [
        {
          name: 'alignment',
          value: alignmentLoss(cka, settings.stepWeights?.alignment),
          weight: settings.kappa,
        },
      ]
    : [];
  const terms = [
    ...classificationTerms(outputs, oneHot, settings),
    ...alignment,
    ...semanticTerms(outputs, settings),
    ...distillationTerms(outputs, settings),
    ...auxiliaryTerms(outputs, settings),
  ];
  const parts = Object.fromEntries(terms.map(({ name, value }) => [name, value]));
  return { total: sumOf(terms), parts, cka };
}
