import assert from 'node:assert/strict';
import { backendText } from '../../../engine/backends/activateBackend';
import { gpuPrecision, precisionText, wholePrecision } from '../../../engine/backends/precision';

describe('the precision that a backend takes', () => {
  it('is told with its reason where there are no halves', () => {
    assert.equal(precisionText(wholePrecision('simd')), 'f32: simd knows no other');
    const refused = wholePrecision('cpu', 'f16');
    assert.equal(precisionText(refused), 'f32: f16 was asked for, but cpu knows no other');
    const text = backendText({
      ...{ name: 'cpu', detail: 'one thread', reason: 'it was asked for', kernels: [] },
      ...refused,
      dispose: async () => {},
    });
    assert.equal(
      text,
      'backend cpu: one thread; it was asked for; precision f32: f16 was asked for, but cpu knows no other',
    );
  });

  it('is told with its reason on a GPU with f16 matrices', () => {
    assert.equal(
      precisionText(gpuPrecision('auto', 'f16', undefined)),
      'f16: this GPU multiplies it as matrices',
    );
    assert.equal(precisionText(gpuPrecision('f16', 'f16', undefined)), 'f16: it was asked for');
    assert.equal(precisionText(gpuPrecision('f32', 'f32', undefined)), 'f32: it was asked for');
  });

  it('is told as what it is where the GPU has no f16 matrices, or wrong ones', () => {
    const none = 'this GPU offers no f16 matrices';
    assert.equal(precisionText(gpuPrecision('auto', 'f32', none)), `f32: ${none}`);
    assert.equal(precisionText(gpuPrecision('f32', 'f32', none)), 'f32: it was asked for');
    for (const asked of ['auto', 'f16'] as const) {
      assert.equal(
        precisionText(gpuPrecision(asked, 'f16', none)),
        `f16: of kept values only; convolutions multiply in f32 (${none})`,
      );
    }
  });
});
