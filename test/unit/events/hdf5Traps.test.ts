import assert from 'node:assert/strict';
import { loadHdf5 } from '../../../engine/events/hdf5/library';
import { sampleEvents } from '../../tools/containerFormats';
import { dsecFile } from '../../tools/containers/hdf5File';
import { decodeBytes } from '../../tools/recordings';

describe('the HDF5 library', () => {
  it('that leaves its memory at damaged rows makes a typed refusal or a warning, no crash', async () => {
    const bytes = await dsecFile(sampleEvents(100));
    const { Module } = await loadHdf5();
    const { get_dataset_data } = Module;
    Module.get_dataset_data = () => {
      throw new WebAssembly.RuntimeError('memory access out of bounds');
    };
    try {
      const outcome = await decodeBytes(bytes).then(
        ({ warnings }) => warnings.map(({ message }) => message).join(),
        (error: Error) => `${error.name}: ${error.message}`,
      );
      assert.match(outcome, /SpikeBridgeError|library failed/);
    } finally {
      Module.get_dataset_data = get_dataset_data;
    }
    assert.equal((await decodeBytes(bytes)).rows.length, 100);
  });
});
