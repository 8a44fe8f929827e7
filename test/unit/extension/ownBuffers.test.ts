import assert from 'node:assert/strict';
import { withOwnBuffers } from '../../../extension/recordings/ownBuffers';

describe('answers for a webview', () => {
  it('carry no bytes of their neighbours', () => {
    const shared = new ArrayBuffer(64);
    const own = Uint32Array.of(4, 5);
    const answer = {
      bytes: new Uint8Array(shared, 3, 5).fill(7),
      steps: [{ values: new Float32Array(shared, 8, 2).fill(0.5) }],
      own,
      none: null,
      text: 'text',
    };
    const sent = withOwnBuffers(answer) as typeof answer;
    assert.deepEqual(sent, answer);
    assert.equal(sent.bytes.buffer.byteLength, 5);
    assert.equal(sent.steps[0]!.values.buffer.byteLength, 8);
    assert.equal(sent.own, own);
  });
});
