import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { auxiliaryTargets, mixRatioLoss, modalityLoss } from '../../../engine/methods/auxiliaryLoss';
import { classificationLoss } from '../../../engine/methods/classificationLoss';
import { distillationLoss, phaseWeight } from '../../../engine/methods/distillationLoss';
import { linearCka } from '../../../engine/methods/linearCka';
import {
  alignmentSchema,
  auxiliarySchema,
  distillationSchema,
  lossSchema,
  semanticSchema,
} from '../../../engine/methods/methodSchema';
import { partnersOfOtherClass, semanticLoss, semanticWeight } from '../../../engine/methods/semanticLoss';
import { learnsCoefficients, stepWeightsOf } from '../../../engine/methods/stepWeights';
import { transferLoss } from '../../../engine/methods/transferLoss';
import { assertClose } from '../assertClose';
import { useCpuBackend, valuesOf } from '../tfjs';

const positionAt = (iteration: number) => ({ iteration, iterations: 100, iterationsPerEpoch: 1 });
const logitsOf = (values: number[][][]) => tf.tensor3d(values);
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
const oneHot = () =>
  tf.tensor2d([
    [1, 0, 0],
    [0, 1, 0],
  ]);

function softmax(row: readonly number[]): number[] {
  const exponentials = row.map(Math.exp);
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

describe('distillation (methods.md section 5)', () => {
  before(useCpuBackend);

  const KD = distillationSchema.parse({ teacher: 't' });

  it('weighs phase I by 1 and phase II by 0, falling between 0.43 and 0.57', () => {
    const at = (iteration: number) => phaseWeight(KD, positionAt(iteration));
    assertClose([at(50)], [0.5], 1e-12);
    assertClose([at(0), at(100)], [1, 0], 1e-12);
    assertClose([at(43)], [1 / (1 + Math.exp(-4.2))], 1e-12);
    assert.ok(at(43) > 0.98 && at(57) < 0.02);
    assert.deepEqual(
      [49, 50].map((iteration) => phaseWeight({ ...KD, phase: 'step' }, positionAt(iteration))),
      [1, 0],
    );
    assert.equal(phaseWeight({ ...KD, phase: 'constant' }, positionAt(99)), 1);
  });

  it('changes by epoch unless told otherwise', () => {
    const position = { iteration: 57, iterations: 100, iterationsPerEpoch: 10 };
    assertClose([phaseWeight(KD, position)], [0.5], 1e-12);
    assert.ok(phaseWeight({ ...KD, schedule: 'iteration' }, position) < 0.02);
  });

  it('is temperature^2 KL(teacher || mean of the student over steps)', () => {
    const teacher = [
      [3, 0, 1],
      [0, 2, 0],
    ];
    const student = [0, 1].map((row) =>
      [0, 1, 2].map((cls) => (LOGITS[0]![row]![cls]! + LOGITS[1]![row]![cls]!) / 2),
    );
    const rows = teacher.map((logits, row) => {
      const p = softmax(logits.map((value) => value / 4));
      const q = softmax(student[row]!.map((value) => value / 4));
      return p.reduce((sum, each, cls) => sum + each * Math.log(each / q[cls]!), 0);
    });
    const expected = (16 * (rows[0]! + rows[1]!)) / 2;
    assertClose(valuesOf(distillationLoss(tf.tensor2d(teacher), logitsOf(LOGITS), KD)), [expected], 1e-6);
  });

  it('is 0 where student and teacher agree, in every form', () => {
    const same = [LOGITS[0]!, LOGITS[0]!];
    for (const form of ['kl', 'mse'] as const) {
      for (const studentLogits of ['mean', 'every-step'] as const) {
        const loss = distillationLoss(tf.tensor2d(LOGITS[0]!), logitsOf(same), {
          ...KD,
          form,
          studentLogits,
        });
        assertClose(valuesOf(loss), [0], 1e-6);
      }
    }
  });

  it('distils every step where asked, and squares differences with mse', () => {
    const teacher = tf.zeros([2, 3]) as tf.Tensor2D;
    const mse = (studentLogits: 'mean' | 'every-step') =>
      valuesOf(distillationLoss(teacher, logitsOf(LOGITS), { ...KD, form: 'mse', studentLogits }))[0]!;
    const squares = (values: number[]) =>
      values.reduce((sum, value) => sum + value * value, 0) / values.length;
    assertClose([mse('every-step')], [squares(LOGITS.flat(2))], 1e-6);
    assertClose([mse('mean')], [squares([1.5, -0.5, -0.5, 0.1, 0.65, 0.05])], 1e-6);
  });

  it('reaches the static stream only', () => {
    const configuration = KD;
    const gradient = tf.grads((event, fromStatic) => {
      const outputs = { eventLogits: event as tf.Tensor3D, staticLogits: fromStatic as tf.Tensor3D };
      const distillation = {
        weight: 1,
        configuration,
        teacherLogits: tf.tensor2d([
          [9, 0, 0],
          [0, 0, 9],
        ]),
      };
      const settings = { loss: lossSchema.parse({}), kappa: 0 };
      const withTeacher = transferLoss(outputs, oneHot(), { ...settings, distillation }).total;
      return tf.sub(withTeacher, transferLoss(outputs, oneHot(), settings).total);
    });
    const [event, fromStatic] = gradient([logitsOf(LOGITS), logitsOf(LOGITS)]);
    assertClose(valuesOf(event!), new Array(12).fill(0), 1e-6);
    assert.ok(valuesOf(fromStatic!).some((value) => Math.abs(value) > 0.01));
  });
});

describe('auxiliary heads (methods.md section 6)', () => {
  before(useCpuBackend);

  it('label every frame from the switch point on as event, and the share of such frames', () => {
    const { modality, ratio } = auxiliaryTargets(Int32Array.of(0, 2, 3), 3);
    assert.deepEqual(valuesOf(modality), [1, 0, 0, 1, 0, 0, 1, 1, 0]);
    assertClose(valuesOf(ratio), [1, 1 / 3, 0], 1e-6);
  });

  it('compare modality by cross-entropy and the ratio by squares', () => {
    const logits = logitsOf([[[0, 0]], [[0, Math.log(3)]]]);
    const loss = modalityLoss(logits, tf.tensor2d([[0], [1]]));
    assertClose(valuesOf(loss), [(Math.log(2) - Math.log(0.75)) / 2], 1e-6);
    const ratio = mixRatioLoss(tf.tensor1d([0, Math.log(3)]), tf.tensor1d([0.25, 0.75]));
    assertClose(valuesOf(ratio), [0.0625 / 2], 1e-6);
  });

  it('add 0.1 of each to the total', () => {
    const outputs = {
      eventLogits: logitsOf(LOGITS),
      staticLogits: logitsOf(LOGITS),
      modalityLogits: tf.zeros([2, 2, 2]) as tf.Tensor3D,
      ratioLogits: tf.zeros([2]) as tf.Tensor1D,
    };
    const auxiliary = {
      configuration: auxiliarySchema.parse({}),
      targets: auxiliaryTargets(Int32Array.of(0, 2), 2),
    };
    const settings = { loss: lossSchema.parse({}), kappa: 0 };
    const { total, parts } = transferLoss(outputs, oneHot(), { ...settings, auxiliary });
    const plain = valuesOf(transferLoss(outputs, oneHot(), settings).total)[0]!;
    assertClose([valuesOf(parts.modality!)[0]!, valuesOf(parts.ratio!)[0]!], [Math.LN2, 0.25], 1e-6);
    assertClose(valuesOf(total), [plain + 0.1 * Math.LN2 + 0.025], 1e-5);
  });
});

describe('step weights (methods.md 4.2, 4.3)', () => {
  before(useCpuBackend);

  const weights = (changes: object, eta?: number[]) => {
    const { alignment, crossEntropy, level } = stepWeightsOf(
      alignmentSchema.parse({ kind: 'cka', ...changes }),
      2,
      eta && tf.tensor1d(eta),
    );
    return [alignment, crossEntropy, level].map((each) => (each ? valuesOf(each) : undefined));
  };

  it('are sigmoid(eta) and the rest where learned, and none where there are none', () => {
    const learned = weights({}, [0, Math.log(3)]);
    assertClose(learned[0]!, [0.5, 0.75], 1e-6);
    assertClose(learned[1]!, [0.5, 0.25], 1e-6);
    assertClose(learned[2]!, [0.5, 0.25], 1e-6);
    assert.deepEqual(weights({ coefficients: 'none' }), [undefined, undefined, undefined]);
  });

  it("are constant where fixed, but for the level term in the authors' code", () => {
    const fixed = { coefficients: 'fixed', fixedCoefficient: 0.2 };
    const faithful = weights(fixed, [0, Math.log(3)]);
    assertClose(faithful[0]!, [0.2, 0.2], 1e-6);
    assertClose(faithful[1]!, [0.8, 0.8], 1e-6);
    assertClose(faithful[2]!, [0.5, 0.25], 1e-6);
    assertClose(weights({ ...fixed, fixedLevelTerm: 'fixed' })[2]!, [0.8, 0.8], 1e-6);
  });

  it('are trained where something depends on eta', () => {
    const learns = (changes: object) =>
      learnsCoefficients(alignmentSchema.parse({ kind: 'cka', ...changes }));
    assert.deepEqual(
      [
        learns({}),
        learns({ coefficients: 'fixed' }),
        learns({ coefficients: 'fixed', fixedLevelTerm: 'fixed' }),
        learns({ coefficients: 'none' }),
        learns({ kind: 'none' }),
      ],
      [true, true, false, false, false],
    );
  });
});

describe('the older variant of KTL (methods.md 4.7)', () => {
  before(useCpuBackend);

  it('takes the level term from the last step', () => {
    const loss = lossSchema.parse({ tetLambda: 1, tetLevel: 'last-step' });
    assertClose(valuesOf(classificationLoss(logitsOf(LOGITS), oneHot(), loss)), [0.9166666667], 1e-6);
  });

  it('can leave the static loss out of the total', () => {
    const outputs = { eventLogits: logitsOf(LOGITS), staticLogits: logitsOf(LOGITS) };
    const { total, parts } = transferLoss(outputs, oneHot(), {
      loss: lossSchema.parse({ staticWeight: 0 }),
      kappa: 0,
    });
    assertClose(valuesOf(total), valuesOf(parts.event!), 1e-7);
  });

  it('compares each sample with one of another class, above the margin only', () => {
    const labels = Int32Array.of(0, 1, 1, 2);
    const partners = partnersOfOtherClass(labels, 5, 8)!;
    assert.ok([...partners].every((partner, sample) => labels[partner] !== labels[sample]));
    assert.deepEqual(partnersOfOtherClass(labels, 5, 8), partners);
    assert.equal(partnersOfOtherClass(Int32Array.of(1, 1), 5, 8), undefined);
    const [event, fromStatic] = [
      tf.randomNormal([2, 4, 3], 0, 1, 'float32', 1),
      tf.randomNormal([2, 4, 3], 0, 1, 'float32', 2),
    ] as [tf.Tensor3D, tf.Tensor3D];
    const expected = tf.mean(linearCka(event, tf.gather(fromStatic, [...partners], 1)));
    assertClose(valuesOf(semanticLoss(event, fromStatic, partners, 0)), valuesOf(expected), 1e-6);
    assertClose(valuesOf(semanticLoss(event, fromStatic, partners, 0.999)), [0], 0);
  });

  it('applies in its part of the run, and by 1 - P where asked', () => {
    const SEMANTIC = semanticSchema.parse({});
    const at = (iteration: number, changes = {}) =>
      semanticWeight({ ...SEMANTIC, ...changes }, positionAt(iteration), 0.25);
    assert.deepEqual([at(0), at(49), at(50)], [0.5, 0.5, 0]);
    assert.deepEqual([at(20, { from: 1 / 3 }), at(40, { from: 1 / 3 })], [0, 0.5]);
    assert.equal(at(0, { scale: 'complement' }), 0.375);
  });
});
