import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CommandOrder } from '../../../engine/backends/webgpu/commandOrder';

describe('order of commands of the GPU', () => {
  it('is kept whatever becomes ready when', () => {
    const steps = fc.array(fc.record({ shader: fc.nat(4), readyFirst: fc.option(fc.nat(4)) }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(steps, (commands) => {
        const order = new CommandOrder();
        const shaders = Array.from({ length: 5 }, () => ({ isReady: false }));
        const run: number[] = [];
        for (const [index, { shader, readyFirst }] of commands.entries()) {
          if (readyFirst !== null) {
            shaders[readyFirst]!.isReady = true;
            order.advance();
          }
          const needs = shaders[shader]!;
          order.add(() => {
            assert.ok(needs.isReady);
            run.push(index);
          }, needs);
        }
        for (const shader of shaders) {
          shader.isReady = true;
          order.advance();
        }
        assert.deepEqual(run, [...commands.keys()]);
        assert.equal(order.isWaiting, false);
      }),
    );
  });

  it('lets the first commands go while others wait, and tells when none does', async () => {
    const order = new CommandOrder();
    const [first, second] = [{ isReady: false }, { isReady: false }];
    const run: string[] = [];
    order.add(() => run.push('a'));
    order.add(() => run.push('b'), first);
    order.add(() => run.push('c'), second);
    order.add(() => run.push('d'));
    assert.deepEqual(run, ['a']);
    const idle = order.whenIdle().then(() => run.push('idle'));
    first.isReady = true;
    order.advance();
    assert.deepEqual(run, ['a', 'b']);
    second.isReady = true;
    order.advance();
    await idle;
    assert.deepEqual(run, ['a', 'b', 'c', 'd', 'idle']);
  });
});
