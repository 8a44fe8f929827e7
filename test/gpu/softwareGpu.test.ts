import assert from 'node:assert/strict';
import { openGpu } from '../../engine/backends/webgpu/dawn';
import { SpikeBridgeError } from '../../engine/errors';

describe('a machine with a software renderer only', () => {
  it('has no GPU, and is told how tests may take it', async () => {
    await assert.rejects(
      openGpu({ allowSoftware: false }),
      (error) =>
        error instanceof SpikeBridgeError &&
        /software renderer/.test(error.message) &&
        /SPIKEBRIDGE_ALLOW_SOFTWARE_GPU=1/.test(error.nextStep),
    );
  });
});
