import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beginFile, requireOtherFile } from '../../../../engine/events/writers/newFile';

describe('a new file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-new-file-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const inFolder = (name: string) => path.join(folder, name);

  async function write(target: string, text: string): Promise<void> {
    const file = await beginFile(target, { replace: true });
    await (await file.sink()).append(Buffer.from(text));
    await file.commit();
  }

  it('is written through a link, which stays a link', async () => {
    await writeFile(inFolder('real'), 'old');
    await symlink('real', inFolder('link'));
    await write(inFolder('link'), 'new');
    assert.equal(await readlink(inFolder('link')), 'real');
    assert.equal(await readFile(inFolder('real'), 'utf8'), 'new');
  });

  it('goes with the process until it is in place or removed', async () => {
    const listeners = () => process.listenerCount('exit');
    const before = listeners();
    for (const end of ['commit', 'discard'] as const) {
      const file = await beginFile(inFolder(end));
      await (await file.sink()).append(Buffer.from('text'));
      await (await file.scratch('part')).sink.append(Buffer.from('more'));
      const ending = file[end]();
      assert.equal(listeners(), before + 1);
      await ending;
      assert.equal(listeners(), before);
    }
    assert.deepEqual(await readdir(folder), ['commit']);
  });

  it('replaces no device and no folder', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    await assert.rejects(beginFile('/dev/null', { replace: true }), /device or a pipe/);
    await assert.rejects(beginFile(folder, { replace: true }), /this is a folder/);
  });

  it('is never the file that is read', async () => {
    await writeFile(inFolder('in.raw'), 'events');
    await symlink('in.raw', inFolder('alias.raw'));
    await assert.rejects(requireOtherFile(inFolder('in.raw'), inFolder('in.raw')), /would be lost/);
    await assert.rejects(requireOtherFile(inFolder('alias.raw'), inFolder('in.raw')), /would be lost/);
    await requireOtherFile(inFolder('in.raw'), inFolder('out.raw'));
  });
});
