import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { SpikeBridgeError } from '../../../engine/errors';
import {
  checkConfigurationText,
  readConfiguration,
  resolveConfiguration,
} from '../../../engine/training/configuration';

const MINIMAL = `{
  "method": "ktl",
  "data": {
    "events": { "format": "n-mnist", "folder": "events" },
    "images": { "format": "mnist", "folder": "images" }
  },
  "training": { "iterations": 10 }
}`;

/** The only problem of a text, as line:column message. */
function problemsOf(text: string): string[] {
  return checkConfigurationText(text).problems.map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  );
}

describe('run configuration', () => {
  it('fills defaults and method presets', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-'));
    const file = path.join(folder, 'first try.transfer.jsonc');
    await writeFile(file, MINIMAL);
    const configuration = await readConfiguration(file);
    assert.equal(configuration.name, 'first try');
    assert.equal(configuration.alignment.coefficients, 'learned');
    assert.equal(configuration.mixer.kind, 'sliding');
    assert.equal(configuration.training.batchPairs, 50);
    assert.equal(configuration.data.events.folder, path.join(folder, 'events'));
    assert.equal(configuration.runsFolder, path.join(folder, 'runs'));
    await rm(folder, { recursive: true });
  });

  it('takes comments and trailing commas', () => {
    assert.deepEqual(problemsOf(MINIMAL.replace('"iterations": 10', '"iterations": 10, // short\n')), []);
  });

  it('names the line of an unknown key', () => {
    assert.deepEqual(problemsOf(MINIMAL.replace('"training": {', '"training": {\n    "batchSize": 5,')), [
      '8:5 unknown key "batchSize"',
    ]);
  });

  it('names the line of a wrong type', () => {
    const [problem] = problemsOf(MINIMAL.replace('"iterations": 10', '"iterations": "ten"'));
    assert.match(problem!, /^7:17 training\.iterations: .*number/);
  });

  it('names the line of a missing key by its parent', () => {
    const [problem] = problemsOf(MINIMAL.replace(', "folder": "events"', ''));
    assert.match(problem!, /^4:5 data\.events\.folder: /);
  });

  it('names the place of a syntax error', () => {
    assert.match(problemsOf('{\n  "method": ktl\n}')[0]!, /^2:13 JSON syntax: InvalidSymbol/);
    assert.match(problemsOf('')[0]!, /^1:1 the file is empty/);
  });

  it('checks what the schema cannot say', () => {
    const change = (from: string, to: string) => problemsOf(MINIMAL.replace(from, to))[0] ?? '';
    assert.match(change('"iterations": 10', '"batchPairs": 10'), /either "iterations" or "epochs"/);
    assert.match(
      change('"iterations": 10', '"iterations": 10, "epochs": 1'),
      /either "iterations" or "epochs"/,
    );
    assert.match(
      change('"method": "ktl"', '"method": "events-only", "mixer": { "kind": "sliding" }'),
      /no static stream/,
    );
    assert.match(
      change('"folder": "images"', '"folder": "images", "from": 9, "to": 3'),
      /"from" is larger than "to"/,
    );
    assert.match(change(/,\s+"images": \{.*\}/.exec(MINIMAL)![0], ''), /needs static images/);
    assert.match(
      change('"iterations": 10 }', '"iterations": 10 }, "optimizer": { "learningRate": 1e-6 }'),
      /"minLearningRate" is larger/,
    );
  });

  it('refuses combinations that make no sense, with the place and the reason', () => {
    const CKD = MINIMAL.replace(
      '"method": "ktl",',
      '"method": "ckd",\n  "distillation": { "teacher": "t" },',
    );
    const refuse = (from: string, added: string, expected: RegExp, text = MINIMAL) =>
      assert.match(problemsOf(text.replace(from, added)).join('\n'), expected);
    const method = '"method": "ktl",';
    const line = (name: string, section: string) => `"method": "${name}",\n  ${section},`;
    refuse(method, '"method": "ckd",', /^2:3 method: ckd needs a teacher/);
    refuse(method, line('tmkt', '"frames": { "timeSteps": 1 }'), /^3:15 frames.timeSteps: a switch point/);
    refuse(
      method,
      line('tmkt', '"mixer": { "kind": "none" }'),
      /^2:3 method: modality and mix ratio never differ within a batch with the mixer none/,
    );
    refuse(
      method,
      line('ktl', '"mixer": { "kind": "hard-switch" }, "auxiliary": {}'),
      /^3:39 auxiliary: modality and mix ratio never differ/,
    );
    refuse(
      method,
      line(
        'tmkt',
        '"mixer": { "kind": "time-step", "ratioSchedule": "constant", "ratio": 0.3, "law": "always-switch" }',
      ),
      /mixer.ratio: a law that always switches cannot mix less than .* 0.583/,
    );
    refuse(
      method,
      line('ktl', '"alignment": { "kind": "none", "coefficients": "learned" }'),
      /^3:34 alignment.coefficients: step weights divide/,
    );
    refuse(
      method,
      line('ktl', '"alignment": { "kind": "cka", "fixedCoefficient": 0.5 }'),
      /alignment.fixedCoefficient: has no effect unless/,
    );
    refuse(
      method,
      line('ktl', '"alignment": { "kind": "cka", "coefficients": "fixed", "fixedCoefficient": 1 }'),
      /must be less than 1, which would leave the event head untrained/,
    );
    refuse(method, line('ktl', '"semantic": { "from": 0.5, "to": 0.2 }'), /semantic.from: is not smaller/);
    refuse(
      method,
      line('ktl', '"network": { "preset": "vgg-ann" }'),
      /^3:16 network.preset: vgg-ann has no spiking neurons/,
    );
    refuse(method, '"method": "teacher",', /^2:3 method: a teacher is an ANN/);
    refuse(method, line('ktl', '"neuron": { "type": "plif", "tau": 1 }'), /neuron.tau: plif learns/);
    refuse('"ckd"', '"teacher"', /distillation: teacher trains no event stream; remove this section/, CKD);
    refuse(
      '"images": {',
      '"testImages": { "format": "mnist", "folder": "x" },\n "images": {',
      /data.testImages: only teacher and static-only are tested on images/,
    );
  });

  it('takes combinations that do: distillation and auxiliary heads with any mixing method', () => {
    const sections = [
      '"method": "ktl", "distillation": { "teacher": "t" }',
      '"method": "ktl", "auxiliary": {}',
      '"method": "ckd", "distillation": { "teacher": "t" }, "mixer": { "kind": "time-step" }',
      '"method": "tmkt", "alignment": { "kind": "cka" }',
      '"method": "joint", "semantic": {}',
      '"method": "ktl", "neuron": { "type": "plif" }',
    ];
    for (const section of sections) {
      assert.deepEqual(problemsOf(MINIMAL.replace('"method": "ktl"', section)), [], section);
    }
  });

  it('resolves the teacher against the folder of the configuration, and presets of auxiliary heads', () => {
    const check = (text: string) => {
      const { configuration } = checkConfigurationText(text);
      return resolveConfiguration(configuration!, '/folder', 'name');
    };
    const ckd = check(
      MINIMAL.replace('"method": "ktl"', '"method": "ckd", "distillation": { "teacher": "t.safetensors" }'),
    );
    assert.equal(ckd.distillation?.teacher, path.join('/folder', 't.safetensors'));
    assert.equal(ckd.alignment.coefficients, 'learned');
    const tmkt = check(MINIMAL.replace('"ktl"', '"tmkt"'));
    assert.deepEqual(tmkt.auxiliary, { modalityWeight: 0.1, ratioWeight: 0.1 });
    assert.equal(tmkt.mixer.kind, 'time-step');
    assert.equal(tmkt.alignment.kind, 'none');
  });

  it('never throws, whatever the text is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const { configuration, problems } = checkConfigurationText(text);
        assert.equal(configuration === undefined, problems.length > 0);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('reports a missing file with the next step', async () => {
    await assert.rejects(
      readConfiguration('/nowhere/x.transfer.jsonc'),
      (error) =>
        error instanceof SpikeBridgeError && error.category === 'configuration' && error.nextStep !== '',
    );
  });
});
