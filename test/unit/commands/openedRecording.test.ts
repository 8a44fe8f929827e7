import assert from 'node:assert/strict';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { untilAborted, withRecording } from '../../../engine/commands/events/openedRecording';
import type { Output } from '../../../engine/commands/output';

const SILENT: Output = { print() {}, note() {}, transient() {} };

describe('withRecording', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'opened-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('gives up at once on Ctrl-C, also inside a file that yields no events', async () => {
    const file = path.join(folder, 'silent.raw');
    const handle = await open(file, 'w');
    await handle.write('% format EVT3\n% end\n');
    // Zeros are row words: nothing but a pass over all of them tells that there is no event.
    await handle.truncate(2 ** 32);
    await handle.close();
    const controller = new AbortController();
    let progress = 1;
    const reading = withRecording(
      file,
      {},
      { signal: controller.signal, output: SILENT },
      async (recording) => {
        const reader = await recording.events();
        setTimeout(() => controller.abort(), 30);
        try {
          await reader.next();
        } finally {
          progress = reader.progress();
        }
      },
    );
    await assert.rejects(reading, /stopped by Ctrl-C/);
    assert.ok(progress < 1, 'the rest of the file was left unread');
  });

  it('gives the result of work that ends by itself', async () => {
    const { signal } = new AbortController();
    assert.equal(await untilAborted(Promise.resolve(3), signal), 3);
    await assert.rejects(untilAborted(Promise.reject(new Error('bad')), signal), /bad/);
    await assert.rejects(untilAborted(new Promise(() => {}), AbortSignal.abort()), /Ctrl-C/);
  });
});
