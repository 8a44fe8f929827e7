import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { alignmentLoss, alignmentWeight } from '../../../engine/methods/alignmentLoss';
import { crossEntropy, tetLoss } from '../../../engine/methods/classificationLoss';
import { linearCka } from '../../../engine/methods/linearCka';
import { alignmentSchema, lossSchema, mixerSchema } from '../../../engine/methods/methodSchema';
import { stepWeightsOf } from '../../../engine/methods/stepWeights';
import { transferLoss } from '../../../engine/methods/transferLoss';
import { assertClose } from '../assertClose';
import { useCpuBackend, valuesOf } from '../tfjs';

const TET = lossSchema.parse({});
const LEARNED = alignmentSchema.parse({ kind: 'cka' });
const weightsOf = (eta: tf.Tensor) => stepWeightsOf(LEARNED, eta.size, eta as tf.Tensor1D);
/** methods.md section 12: T = 2, B = 2, C = 3. */
const LOGITS = [
  [
    [1, 0, -1],
    [0.2, 0.3, 0.1],
  ],
  [
    [2, -1, 0],
    [0, 1, 0],
  ],
];
const X = [
  [1, 0, 2],
  [0, 1, 1],
  [3, 1, 0],
  [1, 1, 1],
];
const Y = [
  [0, 1],
  [1, 0],
  [2, 2],
  [0.5, 0],
];

describe('linear CKA (methods.md section 12)', () => {
  before(useCpuBackend);

  const cka = (x: number[][], y: number[][]) => valuesOf(linearCka(tf.tensor3d([x]), tf.tensor3d([y])))[0]!;

  it('agrees with the golden value', () => assertClose([cka(X, Y)], [0.8529244033], 1e-6));

  it('is 1 for equal features', () => assertClose([cka(X, X)], [1], 1e-6));

  it('does not change with scale and shift of the features', () => {
    const moved = Y.map((row) => row.map((value, feature) => 3 * value + feature - 7));
    assertClose([cka(X, moved)], [cka(X, Y)], 1e-5);
  });

  it('has the golden gradient', () => {
    const gradient = tf.grad((x) => tf.sum(linearCka(x as tf.Tensor3D, tf.tensor3d([Y]))))(tf.tensor3d([X]));
    const golden = [
      0.06913684, 0.00684523, -0.02643971, 0.09182878, 0.02994789, -0.06224027, 0.0514248, -0.01959447,
      -0.02226412, -0.21239042, -0.01719864, 0.11094409,
    ];
    assertClose(valuesOf(gradient), golden, 1e-6);
  });

  it('has a finite gradient where the samples of a step do not differ: silent layers', () => {
    const same = Y.map(() => [0, 0]);
    const loss = (x: tf.Tensor) => tf.sum(linearCka(x as tf.Tensor3D, tf.tensor3d([same, Y])));
    const gradient = valuesOf(tf.grad(loss)(tf.tensor3d([X.map(() => [0, 0, 0]), X])));
    assertClose(gradient.slice(0, 12), Array<number>(12).fill(0), 1e-12);
    assertClose(gradient.slice(12, 14), [0.06913684, 0.00684523], 1e-6);
  });
});

describe('transfer loss (methods.md section 12)', () => {
  before(useCpuBackend);

  const oneHot = () =>
    tf.tensor2d([
      [1, 0, 0],
      [0, 1, 0],
    ]);

  it('gives the golden cross-entropy per step', () => {
    const perStep = tf.mean(crossEntropy(tf.tensor3d(LOGITS), oneHot(), 0), 1);
    assertClose(valuesOf(perStep), [0.7047744063, 0.3606453667], 1e-6);
  });

  it('gives the golden level term per step and alignment loss', () => {
    const level = (logits: number[][]) =>
      valuesOf(tetLoss(tf.tensor3d([logits]), oneHot(), { ...TET, tetLambda: 1 }))[0]!;
    assertClose(LOGITS.map(level), [0.5066666667, 0.9166666667], 1e-6);
    const sigma = tf.sigmoid(tf.tensor1d([1, 1])) as tf.Tensor1D;
    assertClose(valuesOf(alignmentLoss(tf.tensor1d([0.6, 0.8]), sigma)), [0.2193175736], 1e-6);
  });

  it('smooths labels as timm does', () => {
    const [plain] = valuesOf(crossEntropy(tf.tensor2d([[2, 0, 0]]), tf.tensor2d([[1, 0, 0]]), 0)) as [number];
    const [smooth] = valuesOf(crossEntropy(tf.tensor2d([[2, 0, 0]]), tf.tensor2d([[1, 0, 0]]), 0.3)) as [
      number,
    ];
    assertClose([smooth], [0.7 * plain + 0.3 * (plain + 4 / 3)], 1e-6);
  });

  it('weighs the event loss by 1 - sigmoid(eta), the static loss never', () => {
    const logits = tf.tensor3d(LOGITS);
    const outputs = { eventLogits: logits, staticLogits: logits };
    const { parts } = transferLoss(outputs, oneHot(), {
      loss: TET,
      kappa: 0,
      stepWeights: weightsOf(tf.tensor1d([1, 1])),
    });
    assertClose(valuesOf(parts.static!), [0.5328888433], 1e-6);
    assertClose(valuesOf(parts.event!), [0.143315883], 1e-6);
  });

  it('gives the golden total and gradient of eta', () => {
    const logits = tf.tensor3d(LOGITS);
    const total = (eta: tf.Tensor) => {
      const { static: fromStatic, event } = transferLoss(
        { eventLogits: logits, staticLogits: logits },
        oneHot(),
        { loss: TET, kappa: 0, stepWeights: weightsOf(eta) },
      ).parts;
      const alignment = alignmentLoss(tf.tensor1d([0.6, 0.8]), tf.sigmoid(eta) as tf.Tensor1D);
      return tf.add(tf.add(fromStatic!, event!), tf.mul(alignment, 0.5)) as tf.Scalar;
    };
    assertClose(valuesOf(total(tf.tensor1d([1, 1]))), [0.7858635131], 1e-6);
    const gradient = tf.grad((eta) => total(eta))(tf.tensor1d([1, 1]));
    assertClose(valuesOf(gradient), [-0.0496028608, -0.025677655], 1e-6);
  });

  it('leaves the alignment out of the total at weight 0, but reports it', () => {
    const logits = tf.tensor3d(LOGITS);
    const wideY = Y.map((row) => [...row, 0]); // streams are equally wide; zeros add nothing to a Gram matrix
    const outputs = {
      eventLogits: logits,
      staticLogits: logits,
      features: tf.tensor4d([
        [wideY, wideY],
        [X, X],
      ]),
    };
    const { total, parts } = transferLoss(outputs, oneHot(), { loss: TET, kappa: 0 });
    const sum = valuesOf(parts.static!)[0]! + valuesOf(parts.event!)[0]!;
    assertClose(valuesOf(total), [sum], 1e-6);
    assertClose(valuesOf(parts.alignment!), [1 - 0.8529244033], 1e-6);
  });

  it('drops the alignment with a hard switch, as the authors do', () => {
    assert.equal(alignmentWeight(LEARNED, mixerSchema.parse({ kind: 'hard-switch' })), 0);
    assert.equal(alignmentWeight(LEARNED, mixerSchema.parse({ kind: 'sliding' })), 0.5);
  });
});
