import assert from 'node:assert/strict';
import { Interrupt } from '../../../engine/commands/interrupt';
import type { Output } from '../../../engine/commands/output';
import { fakeCompilation } from '../backends/fakeCompilation';

/** An interrupt whose signals are sent by {@link press}, with what it says and does. */
function interrupted() {
  const events: string[] = [];
  const output: Output = { print: () => {}, note: (line) => events.push(line), transient: () => {} };
  const interrupt = new Interrupt(output, 'all is kept', (code) => events.push(`exit ${code}`));
  interrupt.beforeEnd(() => events.push('last work'));
  return { interrupt, events };
}

const press = (signal: NodeJS.Signals) => process.emit(signal, signal);

describe('an interrupt', () => {
  it('asks to stop, and ends the process at the second signal, after the last work', () => {
    const { interrupt, events } = interrupted();
    try {
      press('SIGINT');
      assert.ok(interrupt.signal.aborted);
      assert.deepEqual(events, ['stopping; press Ctrl-C again to stop at once (all is kept)']);
      press('SIGINT');
      assert.deepEqual(events.slice(1), ['stopped at once; all is kept', 'last work', 'exit 130']);
    } finally {
      interrupt.dispose();
    }
  });

  it('ends with the code of the signal', () => {
    const { interrupt, events } = interrupted();
    try {
      press('SIGINT');
      press('SIGTERM');
      assert.equal(events.at(-1), 'exit 143');
    } finally {
      interrupt.dispose();
    }
  });

  it('says that a stop waits for kernels', async () => {
    const fake = await fakeCompilation();
    const { interrupt, events } = interrupted();
    try {
      press('SIGINT');
      assert.match(events[0]!, /^stopping once the kernels are compiled; /);
    } finally {
      interrupt.dispose();
      fake.dispose();
    }
  });
});
