import assert from 'node:assert/strict';
import { openChoices } from '../../../engine/methods/openChoices';
import { resolveConfiguration } from '../../../engine/training/configuration';
import { transferConfigurationSchema } from '../../../engine/training/configurationSchema';

/** The open choices of a KTL configuration, as `key = value`. */
function choices(data: object, method = 'ktl'): string[] {
  const parsed = transferConfigurationSchema.parse({ method, data, training: { iterations: 1 } });
  return openChoices(resolveConfiguration(parsed, '/', 'test')).map(({ key, value }) => `${key} = ${value}`);
}

describe('open choices of the data (methods.md 13)', () => {
  it('are none for KTL on N-MNIST, whose protocol is known', () => {
    const data = {
      events: { format: 'n-mnist', folder: 'e' },
      images: { format: 'mnist', folder: 'i' },
    };
    assert.deepEqual(choices(data), []);
  });

  it('tell the split where the data set has none of its own', () => {
    const events = { format: 'n-caltech101', folder: 'e' };
    const images = { format: 'caltech101', folder: 'i' };
    const [policy, batch] = ['data.split.policy = leak-free', 'data.lastBatch = carry'];
    assert.deepEqual(choices({ events, images }), [policy, batch]);
    const faithful = { events, images, lastBatch: 'drop', split: { policy: 'paper', order: 'list.txt' } };
    assert.deepEqual(choices(faithful), ['data.split.policy = paper', 'data.split.order = listing']);
    const sorted = { ...faithful, split: { policy: 'paper', order: 'sorted' } };
    assert.deepEqual(choices(sorted), ['data.split.policy = paper', 'data.split.order = sorted']);
  });

  it('tell pairing and antialiasing where the code is wrong or leaves them open', () => {
    const data = {
      events: { format: 'cep-dvs', folder: 'e' },
      images: { format: 'cep-dvs', folder: 'i' },
      lastBatch: 'drop',
    };
    const policy = 'data.split.policy = leak-free';
    const antialias = 'data.images.antialias = false';
    assert.deepEqual(choices(data), [policy, 'data.pairing = same-class', antialias]);
    assert.deepEqual(choices(data, 'events-only'), [policy]);
  });
});
