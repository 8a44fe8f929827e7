import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { EXIT, endWhenUnwritable, type Output } from '../../../engine/commands/output';

/** What a program says, and the code it ends with, when its output fails. */
function endAfter(code: string, command = 'events'): { notes: string[]; codes: number[] } {
  const stream = new PassThrough();
  const notes: string[] = [];
  const codes: number[] = [];
  const output: Output = { print: () => {}, note: (line) => notes.push(line), transient: () => {} };
  endWhenUnwritable(command, [stream], output, (exit) => codes.push(exit));
  stream.emit('error', Object.assign(new Error('write failed'), { code }));
  return { notes, codes };
}

describe('output of the command line', () => {
  it('ends the program without a word when nobody reads any more', () => {
    assert.deepEqual(endAfter('EPIPE'), { notes: [], codes: [EXIT.failure] });
  });

  it('lets a training go on', () => {
    for (const command of ['train', 'experiment', 'demo']) {
      assert.deepEqual(endAfter('EPIPE', command), { notes: [], codes: [] });
    }
  });

  it('says why when it cannot be written', () => {
    assert.deepEqual(endAfter('ENOSPC'), {
      notes: ['error: the output cannot be written (ENOSPC)'],
      codes: [EXIT.failure],
    });
  });
});
