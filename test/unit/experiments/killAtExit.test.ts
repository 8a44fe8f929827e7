import assert from 'node:assert/strict';
import { killAtExit, terminateChildren } from '../../../engine/experiments/killAtExit';

/** What the process would do to each child at its end, without ending it. */
function exitNow(): void {
  const [latest] = process.listeners('exit').slice(-1);
  latest?.(0);
}

describe('Children of an experiment', () => {
  it('share one listener, however many run at once, and take it along', () => {
    const before = process.listenerCount('exit');
    const release = Array.from({ length: 12 }, () => killAtExit({ kill: () => true }));
    assert.equal(process.listenerCount('exit'), before + 1);
    for (const each of release) {
      each();
    }
    assert.equal(process.listenerCount('exit'), before);
  });

  it('are killed at the exit unless they ended before', () => {
    const killed: string[] = [];
    const named = (name: string) => ({ kill: () => killed.push(name) > 0 });
    const ended = killAtExit(named('ended'));
    const running = killAtExit(named('running'));
    ended();
    exitNow();
    assert.deepEqual(killed, ['running']);
    running();
  });

  it('are asked to end on request', () => {
    const signals: unknown[] = [];
    const release = killAtExit({ kill: (signal) => signals.push(signal) > 0 });
    terminateChildren();
    assert.deepEqual(signals, ['SIGTERM']);
    release();
    terminateChildren();
    assert.equal(signals.length, 1);
  });
});
