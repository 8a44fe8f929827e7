import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { KernelCompilation } from '../../../engine/backends/stepSupport';
import { whileCompiling } from '../../../engine/backends/whileCompiling';
import type { Output } from '../../../engine/commands/output';
import { tellingCompilation } from '../../../engine/commands/startBackend';
import { fakeCompilation } from './fakeCompilation';

describe('work during which kernels are compiled', () => {
  let fake: Awaited<ReturnType<typeof fakeCompilation>>;
  beforeEach(async () => {
    fake = await fakeCompilation();
  });
  afterEach(() => fake.dispose());

  it('tells how far that is, once that it is over, and nothing after the work', async () => {
    const told: (KernelCompilation | undefined)[] = [];
    let finish = (_result: string) => {};
    const work = new Promise<string>((resolve) => {
      finish = resolve;
    });
    const listener = (compilation: KernelCompilation | undefined) => {
      told.push(compilation);
      if (compilation) {
        fake.compilation = undefined;
      } else {
        finish('done');
      }
    };
    assert.equal(await whileCompiling(work, listener), 'done');
    fake.compilation = { done: 1, total: 2 };
    await delay(700);
    assert.deepEqual(told, [{ done: 3, total: 7 }, undefined]);
  });

  it('waits for what is being told, and survives its failure', async () => {
    let isTold = false;
    await whileCompiling(delay(600), async () => {
      await delay(200);
      isTold = true;
      throw new Error('the status cannot be written');
    });
    assert.ok(isTold);
  });

  it('passes a failure of the work on', async () => {
    await assert.rejects(
      whileCompiling(Promise.reject(new Error('broken')), () => {}),
      /broken/,
    );
  });

  it('is told by commands on standard error, first with a line for logs', async () => {
    const lines: [string, boolean | undefined][] = [];
    const output: Output = {
      print: () => assert.fail('standard output is for results'),
      note: () => {},
      transient: (line, options) => lines.push([line, options?.begins]),
    };
    await tellingCompilation(output, 'case on webgpu', delay(1200));
    assert.deepEqual(lines, [
      ['case on webgpu: compiling kernels, 3 of 7', true],
      ['case on webgpu: compiling kernels, 3 of 7', false],
    ]);
  });
});
