import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { SpikeBridgeError } from '../../../engine/errors';
import { checkConfigurationText, readConfiguration } from '../../../engine/training/configuration';

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
