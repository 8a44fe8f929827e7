import assert from 'node:assert/strict';
import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { openChoices } from '../../../engine/methods/openChoices';
import { readCheckpoint, writeCheckpoint } from '../../../engine/runs/checkpoint';
import { parseMetrics } from '../../../engine/runs/metricsFile';
import type { IterationRecord } from '../../../engine/runs/metricsRecord';
import { runFile } from '../../../engine/runs/runFolder';
import type { RunStatus } from '../../../engine/runs/runStatus';
import { readConfiguration } from '../../../engine/training/configuration';
import { type RunRequest, TransferRun } from '../../../engine/training/transferRun';
import { makeTinySample, type TinySample } from './tinySample';

interface Ended {
  readonly status: RunStatus;
  readonly runFolder: string;
  readonly iterations: readonly IterationRecord[];
}

async function run(request: RunRequest, stopAfter = Number.POSITIVE_INFINITY): Promise<Ended> {
  const abort = new AbortController();
  const opened = await TransferRun.open(request, {
    onStatus: () => {},
    onRecord: ({ iteration }) => iteration >= stopAfter && abort.abort(),
  });
  const status = await opened.execute(abort.signal);
  const text = await readFile(runFile(opened.runFolder, 'metrics'), 'utf8').catch(() => '');
  const iterations = parseMetrics(text).filter((record) => record.kind === 'iteration');
  return { status, runFolder: opened.runFolder, iterations };
}

/** Records without what depends on the clock. */
const timeless = ({ iterations }: Ended) =>
  iterations.map((record) => ({ ...record, elapsedSeconds: 0, pairsPerSecond: 0 }));

function assertFinished({ status }: Ended): void {
  assert.equal(status.state, 'finished', JSON.stringify(status.error));
}

const ANN = { preset: 'resnet18-ann', baseChannels: 2 };

describe('methods end to end', function () {
  this.timeout(120_000);
  let sample: TinySample;
  let teacher: Ended;

  before(async () => {
    sample = await makeTinySample();
    const training = { batchPairs: 4, iterations: 4, evaluateEvery: 2 };
    teacher = await run({
      configurationFile: await sample.configuration({ method: 'teacher', network: ANN, training }),
    });
  });
  after(() => sample.dispose());

  const teacherFile = () => runFile(teacher.runFolder, 'finalCheckpoint');
  const trainWith = async (changes: Record<string, unknown>, stopAfter?: number) =>
    run({ configurationFile: await sample.configuration(changes) }, stopAfter);

  it('a teacher trains on images, is tested on others of them and has no event loss', () => {
    assertFinished(teacher);
    const [first] = teacher.iterations;
    assert.deepEqual(Object.keys(first!.loss), ['total', 'static']);
    assert.deepEqual(first!.firingRates, {});
    assert.ok(Number.isFinite(teacher.status.lastAccuracy));
  });

  it('CKD distils the static stream with W, and keeps KTL apart from it', async () => {
    const ckd = await trainWith({ method: 'ckd', distillation: { teacher: teacherFile() } });
    assertFinished(ckd);
    const [first] = ckd.iterations;
    const { total, static: fromStatic, event, alignment, distillation } = first!.loss;
    assert.ok(first!.distillationWeight! > 0.999);
    const sum = fromStatic! + event! + 0.5 * alignment! + first!.distillationWeight! * distillation!;
    assert.ok(Math.abs(total - sum) < 1e-4, `${total} against ${sum}`);
    assert.ok(ckd.iterations.at(-1)!.distillationWeight! < 0.01);
    assert.equal(first!.coefficients?.length, 2);
    const ktl = await trainWith({ method: 'ktl' });
    assert.equal(ktl.iterations[0]!.loss.static, fromStatic, 'same start, same batch');
    assert.equal(ktl.iterations[0]!.loss.distillation, undefined);
  });

  it('CKD continues a stopped run exactly', async () => {
    const changes = { method: 'ckd', distillation: { teacher: teacherFile(), schedule: 'iteration' } };
    const whole = await trainWith(changes);
    const stopped = await trainWith(changes, 3);
    assert.equal(stopped.status.state, 'stopped');
    const resumed = await run({ resumeFolder: stopped.runFolder });
    assert.deepEqual(timeless(resumed), timeless(whole));
  });

  it('TMKT mixes time steps and trains both heads, which its checkpoint keeps', async () => {
    const frames = { timeSteps: 4, sizePixels: 16 };
    const tmkt = await trainWith({ method: 'tmkt', frames });
    assertFinished(tmkt);
    const { loss, cka, replacementProbability } = tmkt.iterations.at(-1)!;
    assert.ok(loss.modality! > 0 && loss.ratio! >= 0);
    assert.equal(cka, undefined);
    assert.equal(replacementProbability, (5 / 6) ** 3);
    const sum = loss.static! + loss.event! + 0.1 * loss.modality! + 0.1 * loss.ratio!;
    assert.ok(Math.abs(loss.total - sum) < 1e-4);
    const { arrays } = await readCheckpoint(runFile(tmkt.runFolder, 'lastCheckpoint'));
    const names = ['modality_head.weight', 'ratio_head.bias', 'optimizer/first_moment/ratio_head.weight'];
    assert.deepEqual(
      names.filter((name) => !arrays.has(name)),
      [],
    );
    const stopped = await trainWith({ method: 'tmkt', frames }, 4);
    const resumed = await run({ resumeFolder: stopped.runFolder });
    assert.deepEqual(timeless(resumed), timeless(tmkt));
  });

  it('parts combine: time-step mixup, alignment, distillation, auxiliary heads and the semantic loss', async () => {
    const all = await trainWith({
      method: 'ckd',
      distillation: { teacher: teacherFile() },
      mixer: { kind: 'time-step' },
      auxiliary: {},
      semantic: { margin: 0 },
    });
    assertFinished(all);
    const parts = ['total', 'static', 'event', 'alignment', 'semantic', 'distillation', 'modality', 'ratio'];
    assert.deepEqual(Object.keys(all.iterations[0]!.loss), parts);
    assert.equal(all.iterations.at(-1)!.loss.semantic, undefined, 'only in the first half');
  });

  it('trains IF and PLIF neurons, fixed coefficients and a shared classifier', async () => {
    const network = { preset: 'nmnist-1k', channels: [2, 2, 2, 2, 2, 2], heads: 'shared' };
    assertFinished(await trainWith({ neuron: { type: 'if' } }));
    const plif = await trainWith({ neuron: { type: 'plif' } });
    assertFinished(plif);
    const { arrays } = await readCheckpoint(runFile(plif.runFolder, 'finalCheckpoint'));
    assert.notEqual(arrays.get('feature.0.node.w')!.values[0], 0, 'tau has moved from 2');
    const alignment = { kind: 'cka', coefficients: 'fixed', fixedCoefficient: 0.3 };
    assertFinished(await trainWith({ network, alignment }));
  });

  it('refuses a teacher of another class count or of another method, naming the file', async () => {
    const { arrays, iteration, ...facts } = await readCheckpoint(teacherFile());
    const few = path.join(sample.folder, 'few.safetensors');
    const width = arrays.get('fc.weight')!.shape[1]!;
    const cut = (name: string, shape: number[], size: number) => ({
      name,
      shape,
      values: arrays.get(name)!.values.slice(0, size),
    });
    const heads = [cut('fc.weight', [3, width], 3 * width), cut('fc.bias', [3], 3)];
    const others = [...arrays.values()].filter(({ name }) => !name.startsWith('fc.'));
    const classes = facts.classes.slice(0, 3);
    await writeCheckpoint(few, [...others, ...heads], { ...facts, classes, iteration });
    const { status } = await trainWith({ method: 'ckd', distillation: { teacher: few } });
    assert.equal(status.error?.category, 'checkpoint', JSON.stringify(status));
    assert.match(status.error!.message, /the teacher has 3 classes, the recordings have 10/);
    assert.equal(status.error!.place?.file, few);
    const student = await trainWith({ method: 'joint' });
    const wrong = await trainWith({
      method: 'ckd',
      distillation: { teacher: runFile(student.runFolder, 'finalCheckpoint') },
    });
    assert.match(wrong.status.error!.message, /of the method joint, not of a teacher/);
    const missing = await trainWith({ method: 'ckd', distillation: { teacher: 'nowhere.safetensors' } });
    assert.match(missing.status.error!.message, /^distillation.teacher: there is no such file/);
  });

  it('refuses to continue with another teacher', async () => {
    const copy = path.join(sample.folder, 'copy.safetensors');
    await copyFile(teacherFile(), copy);
    const stopped = await trainWith({ method: 'ckd', distillation: { teacher: copy } }, 3);
    const { arrays, iteration, ...facts } = await readCheckpoint(copy);
    await writeCheckpoint(copy, [...arrays.values()], { ...facts, iteration: iteration + 1 });
    const { status } = await run({ resumeFolder: stopped.runFolder });
    assert.match(status.error!.message, /the teacher has changed since the run began/);
    await copyFile(teacherFile(), copy);
    assertFinished(await run({ resumeFolder: stopped.runFolder }));
  });

  it('records what the papers do not say and was assumed', async () => {
    const environment = JSON.parse(await readFile(runFile(teacher.runFolder, 'environment'), 'utf8'));
    assert.deepEqual(environment.openChoices, [{ key: 'network.preset', value: 'resnet18-ann' }]);
    const choicesOf = async (changes: Record<string, unknown>) =>
      openChoices(await readConfiguration(await sample.configuration(changes))).map(({ key }) => key);
    const ckd = await choicesOf({ method: 'ckd', distillation: { teacher: 't' } });
    assert.ok(ckd.includes('distillation.temperature') && ckd.includes('network.heads'));
    const tmkt = await choicesOf({ method: 'tmkt' });
    assert.ok(tmkt.includes('mixer.ratioSchedule') && tmkt.includes('auxiliary.ratioWeight'));
    assert.deepEqual(await choicesOf({ method: 'ktl' }), []);
  });
});
