import assert from 'node:assert/strict';
import { attributeText, openHdf5 } from '../../../engine/events/hdf5/hdf5File';
import { type Hdf5Library, isTrap, loadHdf5 } from '../../../engine/events/hdf5/library';
import { memorySource } from '../../../engine/events/memorySource';
import { sampleEvents } from '../../tools/containerFormats';
import { dsecFile, hdf5Bytes } from '../../tools/containers/hdf5File';
import { decodeBytes } from '../../tools/recordings';

function trap(): never {
  throw new WebAssembly.RuntimeError('memory access out of bounds');
}

/** Warnings of the decoded file, or why it was refused. */
function outcomeOf(bytes: Uint8Array): Promise<string> {
  return decodeBytes(bytes).then(
    ({ warnings }) => warnings.map(({ message }) => message).join(),
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

/** Memory that an instance never gives back. */
function grow({ Module }: Hdf5Library, bytes: number): void {
  Module._free(Module._malloc(bytes));
}

describe('the HDF5 library', () => {
  let bytes: Uint8Array;

  before(async () => {
    bytes = await dsecFile(sampleEvents(100));
  });

  it('that leaves its memory at damaged rows makes a typed refusal or a warning, and the next file opens', async () => {
    const { Module } = await loadHdf5();
    Module.get_dataset_data = trap;
    assert.match(await outcomeOf(bytes), /SpikeBridgeError|library failed/);
    Module.open = trap;
    assert.equal((await decodeBytes(bytes)).rows.length, 100);
  });

  it('that leaves its memory as a file is opened refuses that file, and the next one opens', async () => {
    const { Module } = await loadHdf5();
    Module.open = trap;
    assert.match(await outcomeOf(bytes), /SpikeBridgeError.*damaged/);
    assert.equal((await decodeBytes(bytes)).rows.length, 100);
  });

  it('that leaves its memory at an attribute is replaced for the next file', async () => {
    const named = await hdf5Bytes((file) => file.create_attribute('version', '1'));
    const file = await openHdf5(memorySource(named, 'named.h5'));
    assert.equal(attributeText(file, '/', 'version'), '1');
    file.instance.Module.get_attribute_data = trap;
    assert.equal(attributeText(file, '/', 'version'), undefined);
    file.close();
    assert.ok((await loadHdf5()) !== file.instance);
    assert.equal((await decodeBytes(bytes)).rows.length, 100);
  });

  it('is replaced once for all who ask at the same time, and the replacement stays', async () => {
    const library = await loadHdf5();
    const trapped = () => library.Module._free(2 ** 31 - 8);
    assert.throws(trapped, (error) => isTrap(error, library));
    const [one, other] = await Promise.all([loadHdf5(), loadHdf5()]);
    assert.ok(one !== library);
    assert.ok(one === other);
    assert.ok((await loadHdf5()) === one);
  });

  it('is replaced behind some files where its memory has grown; files that are open in it stay readable', async () => {
    const file = await openHdf5(memorySource(bytes, 'open.h5'));
    try {
      grow(file.instance, 2 ** 28);
      assert.ok((await loadHdf5()) === file.instance);
      for (let index = 0; index < 16; index++) {
        (await openHdf5(memorySource(bytes, `${index}.h5`))).close();
      }
      assert.ok((await loadHdf5()) !== file.instance);
      assert.equal(file.library.keys().includes('events'), true);
    } finally {
      file.close();
    }
  });

  it('is replaced behind many files, because damage may have changed it unnoticed', async () => {
    const library = await loadHdf5();
    const cut = bytes.slice(0, 700);
    for (let index = 0; index < 256; index++) {
      await assert.rejects(openHdf5(memorySource(cut, 'cut.h5')), /damaged/);
    }
    assert.ok((await loadHdf5()) !== library);
  });

  it('is kept where damaged files did it no harm', async () => {
    const library = await loadHdf5();
    assert.match(await outcomeOf(bytes.slice(0, 700)), /SpikeBridgeError/);
    assert.ok((await loadHdf5()) === library);
  });
});
