import assert from 'node:assert/strict';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readAnyCheckpoint } from '../../../engine/checkpoints/anyCheckpoint';
import { convert } from '../../../engine/commands/convert';
import { evaluate } from '../../../engine/commands/evaluate';
import type { Output } from '../../../engine/commands/output';
import { SpikeBridgeError } from '../../../engine/errors';
import { readCheckpoint } from '../../../engine/runs/checkpoint';
import { runFile } from '../../../engine/runs/runFolder';
import { decodeSafetensors, encodeSafetensors } from '../../../engine/runs/safetensors';
import { TransferRun } from '../../../engine/training/transferRun';
import { makeTinySample, type TinySample } from '../training/tinySample';

/** Collects what a command prints. */
function recorder(): Output & { readonly lines: string[]; readonly notes: string[] } {
  const lines: string[] = [];
  const notes: string[] = [];
  return {
    lines,
    notes,
    print: (line) => void lines.push(line),
    note: (line) => void notes.push(line),
    transient: () => {},
  };
}

describe('checkpoints of other programs', function () {
  this.timeout(60_000);
  let sample: TinySample;
  let trained: string;
  let foreign: string;
  let accuracy: number;

  before(async () => {
    sample = await makeTinySample();
    const run = await TransferRun.open(
      { configurationFile: await sample.configuration() },
      { onStatus: () => {} },
    );
    const status = await run.execute(new AbortController().signal);
    accuracy = status.lastAccuracy!;
    trained = runFile(run.runFolder, 'finalCheckpoint');
    foreign = path.join(sample.folder, 'foreign.safetensors');
    const { arrays } = await readCheckpoint(trained);
    await writeFile(foreign, encodeSafetensors(arrays, { format: 'pt' }));
  });
  after(() => sample.dispose());

  const evaluated = async (file: string, configuration?: string) => {
    const output = recorder();
    await evaluate([file], { configuration, backend: 'cpu', json: true }, output);
    return { result: JSON.parse(output.lines[0]!), notes: output.notes.join('\n') };
  };

  it('are evaluated under a run configuration, with a report of names', async () => {
    const { result, notes } = await evaluated(foreign, await sample.configuration());
    assert.equal(result.accuracy, accuracy);
    assert.match(notes, /34 tensors match by name$/);
    assert.equal((await evaluated(trained)).result.accuracy, accuracy);
  });

  it('of a teacher are evaluated on images', async () => {
    const network = { preset: 'resnet18-ann', baseChannels: 2 };
    const training = { batchPairs: 4, iterations: 2 };
    const run = await TransferRun.open(
      { configurationFile: await sample.configuration({ method: 'teacher', network, training }) },
      { onStatus: () => {} },
    );
    const status = await run.execute(new AbortController().signal);
    const { result } = await evaluated(runFile(run.runFolder, 'finalCheckpoint'));
    assert.equal(result.accuracy, status.lastAccuracy);
    assert.equal(result.method, 'teacher');
  });

  it('need a configuration, and one whose network fits', async () => {
    await assert.rejects(evaluated(foreign), /no run configuration/);
    const network = { preset: 'nmnist-1k', channels: [2, 2, 2, 2, 2, 3] };
    await assert.rejects(evaluated(foreign, await sample.configuration({ network })), /has shape/);
    const method = 'events-only';
    await assert.rejects(evaluated(foreign, await sample.configuration({ method })), /fc.1.weight.* missing/);
    const pytorch = path.join(sample.folder, 'some.pth');
    await writeFile(pytorch, Buffer.from('504b030400000000', 'hex'));
    await assert.rejects(evaluated(pytorch), /PyTorch has no run configuration inside/);
    await assert.rejects(
      evaluated(path.join(sample.folder, 'none.pth'), await sample.configuration()),
      /cannot be read/,
    );
  });

  it('that are a bare pickle are refused as one, and no safetensors file is taken for it', async () => {
    const bare = path.join(sample.folder, 'bare.pth');
    await writeFile(bare, Buffer.from('8002636f730a73797374656d0a2e', 'hex'));
    await assert.rejects(readAnyCheckpoint(bare), /a bare pickle.* nothing was executed/);
    const alike = path.join(sample.folder, 'alike.safetensors');
    await writeFile(
      alike,
      Buffer.concat([Buffer.from('8002000000000000', 'hex'), Buffer.from('{}'.padEnd(0x280))]),
    );
    assert.equal((await readAnyCheckpoint(alike)).size, 0);
  });

  it('are converted to safetensors under the same names', async () => {
    const target = path.join(sample.folder, 'converted.safetensors');
    await convert(trained, target, {}, recorder());
    const { tensors } = decodeSafetensors(await readFile(target), target);
    const { arrays } = await readCheckpoint(trained);
    assert.deepEqual([...tensors.keys()], [...arrays.keys()]);
    assert.deepEqual(tensors.get('dvs_fc.1.bias')!.values, arrays.get('dvs_fc.1.bias')!.values);
    await assert.rejects(convert(trained, trained, {}, recorder()), SpikeBridgeError);
    await assert.rejects(convert(trained, `${target}.pth`, {}, recorder()), /end in .safetensors/);
  });

  it('are converted over another file only where that is wanted, and never over themselves', async () => {
    const target = path.join(sample.folder, 'there.safetensors');
    await writeFile(target, 'mine');
    const exists = { category: 'usage', message: /a file of this name already/ };
    await assert.rejects(convert(trained, target, {}, recorder()), exists);
    assert.equal(await readFile(target, 'utf8'), 'mine');
    await convert(trained, target, { force: true }, recorder());
    assert.ok(decodeSafetensors(await readFile(target), target).tensors.size > 0);
    const self = path.join(sample.folder, 'self.safetensors');
    await symlink(trained, self);
    await assert.rejects(convert(trained, self, { force: true }, recorder()), /it would be lost/);
    const nowhere = path.join(sample.folder, 'nowhere', 'out.safetensors');
    await assert.rejects(convert(trained, nowhere, {}, recorder()), /the folder does not exist/);
  });
});

describe('recorded configurations of earlier versions', function () {
  this.timeout(60_000);

  it('get the defaults of keys they do not have, so that their runs resume', async () => {
    const sample = await makeTinySample();
    try {
      const request = { configurationFile: await sample.configuration() };
      const first = await TransferRun.open(request, { onStatus: () => {} });
      await first.execute(new AbortController().signal);
      const file = runFile(first.runFolder, 'configuration');
      const recorded = JSON.parse(await readFile(file, 'utf8'));
      delete recorded.neuron.type;
      delete recorded.mixer.reach;
      await writeFile(file, JSON.stringify(recorded));
      const again = await TransferRun.open({ resumeFolder: first.runFolder }, { onStatus: () => {} });
      const status = await again.execute(new AbortController().signal);
      assert.equal(status.state, 'finished', JSON.stringify(status.error));
    } finally {
      await sample.dispose();
    }
  });
});
