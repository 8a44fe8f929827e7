import assert from 'node:assert/strict';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { readTorchCheckpoint } from '../../../engine/checkpoints/torchCheckpoint';
import { SpikeBridgeError } from '../../../engine/errors';

const ascii = (text: string) => Buffer.from(text, 'latin1');
const global = (name: string) =>
  ascii(`c${name.slice(0, name.lastIndexOf('.'))}\n${name.slice(name.lastIndexOf('.') + 1)}\n`);
const text = (value: string) => Buffer.concat([ascii('X'), Buffer.of(value.length, 0, 0, 0), ascii(value)]);
const small = (value: number) => Buffer.concat([ascii('K'), Buffer.of(value)]);
const tuple = (...values: Buffer[]) => Buffer.concat([ascii('('), ...values, ascii('t')]);
const PROTOCOL = Buffer.of(0x80, 2);
const STOP = ascii('.');

const storage = (type: string, key: string, count: number) =>
  Buffer.concat([tuple(text('storage'), global(type), text(key), text('cpu'), small(count)), ascii('Q')]);

/** A call of _rebuild_tensor_v2. */
const tensor = (
  source: Buffer,
  { offset = 0, shape = [2], strides = [1] }: { offset?: number; shape?: number[]; strides?: number[] } = {},
) =>
  Buffer.concat([
    global('torch._utils._rebuild_tensor_v2'),
    tuple(
      source,
      small(offset),
      tuple(...shape.map(small)),
      tuple(...strides.map(small)),
      Buffer.of(0x89),
      ascii('N'),
    ),
    ascii('R'),
  ]);

const dictionary = (...items: Buffer[]) => Buffer.concat([ascii('}('), ...items, ascii('u')]);
const program = (...parts: Buffer[]) => Buffer.concat([PROTOCOL, ...parts, STOP]);

const VALUES = Buffer.from(Float32Array.of(1.5, -2, 3, 4).buffer);

function archive(pickle: Buffer, data: Record<string, Uint8Array> = { '0': VALUES }): Buffer {
  const entries = Object.entries(data).map(([key, bytes]) => [`archive/data/${key}`, bytes]);
  return Buffer.from(zipSync({ 'archive/data.pkl': pickle, ...Object.fromEntries(entries) }, { level: 0 }));
}

const read = (pickle: Buffer, data?: Record<string, Uint8Array>) =>
  readTorchCheckpoint(archive(pickle, data), 'file.pth');

function refuses(pickle: Buffer, message: RegExp): void {
  assert.throws(
    () => read(pickle),
    (error) =>
      error instanceof SpikeBridgeError &&
      error.category === 'checkpoint' &&
      error.place.file === 'file.pth' &&
      error.nextStep !== '' &&
      (message.test(error.message) || assert.fail(error.message)),
  );
}

const FLOATS = storage('torch.FloatStorage', '0', 4);
const WEIGHTS = program(dictionary(text('weight'), tensor(FLOATS, { offset: 1, shape: [3] })));

describe('state dicts from hand-made pickles', () => {
  it('are read under their names, from the offset of their storage', () => {
    const tensors = read(WEIGHTS);
    assert.deepEqual([...tensors.keys()], ['weight']);
    assert.deepEqual([...tensors.get('weight')!.values], [-2, 3, 4]);
    assert.deepEqual(tensors.get('weight')!.shape, [3]);
  });

  it('follow strides', () => {
    const transposed = tensor(FLOATS, { shape: [2, 2], strides: [1, 2] });
    assert.deepEqual([...read(program(dictionary(text('a'), transposed))).get('a')!.values], [1.5, 3, -2, 4]);
  });

  it('are found inside the dictionaries of training programs', () => {
    const inner = dictionary(text('weight'), tensor(FLOATS));
    const pickle = program(dictionary(text('epoch'), small(3), text('state_dict'), inner));
    assert.deepEqual([...read(pickle).keys()], ['weight']);
  });

  it('hold every number format', () => {
    const formats: [string, Buffer, number[]][] = [
      ['torch.DoubleStorage', Buffer.from(Float64Array.of(0.1, -2).buffer), [Math.fround(0.1), -2]],
      ['torch.HalfStorage', Buffer.from(Uint16Array.of(0x3c00, 0xc001).buffer), [1, -2.001953125]],
      ['torch.HalfStorage', Buffer.from(Uint16Array.of(0x0001, 0x7c00).buffer), [2 ** -24, Infinity]],
      ['torch.BFloat16Storage', Buffer.from(Uint16Array.of(0x3fc0, 0xc000).buffer), [1.5, -2]],
      ['torch.LongStorage', Buffer.from(BigInt64Array.of(5n, -6n).buffer), [5, -6]],
      ['torch.IntStorage', Buffer.from(Int32Array.of(5, -6).buffer), [5, -6]],
      ['torch.ShortStorage', Buffer.from(Int16Array.of(5, -6).buffer), [5, -6]],
      ['torch.CharStorage', Buffer.from(Int8Array.of(5, -6).buffer), [5, -6]],
      ['torch.ByteStorage', Buffer.of(5, 250), [5, 250]],
      ['torch.BoolStorage', Buffer.of(1, 0), [1, 0]],
    ];
    for (const [type, bytes, expected] of formats) {
      const pickle = program(dictionary(text('a'), tensor(storage(type, '0', 2))));
      assert.deepEqual([...read(pickle, { '0': bytes }).get('a')!.values], expected, type);
    }
  });
});

describe('pickles that are more than data', () => {
  it('are refused by the name they refer to, and execute nothing', () => {
    for (const name of [
      'os.system',
      'posix.system',
      'builtins.eval',
      '__builtin__.exec',
      'subprocess.Popen',
      'nt.system',
    ]) {
      const attack = program(global(name), tuple(text('touch /tmp/spikebridge-attack')), ascii('R'));
      refuses(attack, new RegExp(`refers to ${name.replace('.', '\\.')}.*nothing was executed`));
    }
  });

  it('are refused with STACK_GLOBAL, NEWOBJ, and names that only look allowed', () => {
    const stackGlobal = Buffer.concat([text('os'), text('system'), Buffer.of(0x93)]);
    refuses(program(stackGlobal, tuple(text('id')), ascii('R')), /refers to os.system/);
    refuses(program(global('os.system'), tuple(), Buffer.of(0x81)), /refers to os.system/);
    refuses(program(global('torch._utils._rebuild_tensor_v2.__globals__')), /refers to torch/);
    refuses(program(global('constructor.constructor'), tuple(), ascii('R')), /refers to constructor/);
    refuses(program(global('__proto__.toString'), tuple(), ascii('R')), /refers to __proto__/);
  });

  it('are refused where they use instructions that plain data does not need', () => {
    const dangerous = {
      INST: ascii('(ios\nsystem\n'),
      OBJ: ascii('(o'),
      EXT1: Buffer.of(0x82, 1),
      INT: ascii('I1\n'),
    };
    for (const [name, code] of Object.entries(dangerous)) {
      refuses(program(code), /instruction 0x[0-9a-f]+ is not one that plain data needs/);
      assert.ok(name);
    }
  });

  it('are refused where they call data, or set the state of a tensor', () => {
    refuses(program(text('f'), tuple(), ascii('R')), /calls something that is no allowed name/);
    refuses(program(tensor(FLOATS), dictionary(), ascii('b')), /state of something that is no dictionary/);
    refuses(program(global('torch.FloatStorage'), tuple(small(9)), ascii('R')), /is called in this file/);
  });

  it('keep keys such as __proto__ as plain names', () => {
    const pickle = program(dictionary(text('__proto__'), tensor(FLOATS), text('toString'), tensor(FLOATS)));
    assert.deepEqual([...read(pickle).keys()], ['__proto__', 'toString']);
    assert.equal(({} as { weight?: unknown }).weight, undefined);
  });
});

describe('damaged pickles', () => {
  it('whose tensors reach over their storage, or repeat it, are refused', () => {
    const over = [
      { offset: 3 },
      { shape: [5] },
      { shape: [2, 2], strides: [4, 1] },
      { shape: [200, 200, 200, 200], strides: [0, 0, 0, 0] },
    ];
    for (const view of over) {
      refuses(
        program(dictionary(text('a'), tensor(FLOATS, view))),
        /reaches over the values that are stored/,
      );
    }
  });

  it('whose storage is missing or has another size are refused', () => {
    const refuse = (source: Buffer) =>
      refuses(program(dictionary(text('a'), tensor(source))), /data outside that is no tensor storage/);
    refuse(storage('torch.FloatStorage', '1', 4));
    refuse(storage('torch.FloatStorage', '0', 5));
    refuse(storage('torch.DoubleStorage', '0', 4));
    refuse(Buffer.concat([text('os'), ascii('Q')]));
  });

  it('without a state dict are refused', () => {
    refuses(program(dictionary(text('epoch'), small(3))), /holds no state dict/);
    refuses(program(text('weights')), /holds no state dict/);
  });

  it('and zip archives of other programs are refused with a next step', () => {
    const message = (bytes: Buffer) => {
      try {
        readTorchCheckpoint(bytes, 'f');
        return 'read';
      } catch (error) {
        assert.ok(error instanceof SpikeBridgeError, String(error));
        return error.message;
      }
    };
    assert.match(message(Buffer.from(zipSync({ 'a.txt': ascii('hello') }))), /compressed|no data.pkl/);
    assert.match(message(Buffer.from(zipSync({ 'a.txt': ascii('hi') }, { level: 0 }))), /no data.pkl/);
    const bigEndian = zipSync({ 'a/data.pkl': WEIGHTS, 'a/byteorder': ascii('big') }, { level: 0 });
    assert.match(message(Buffer.from(bigEndian)), /big-endian/);
    assert.match(message(archive(WEIGHTS).subarray(0, 60)), /no directory/);
  });

  it('give a typed error or tensors, never a crash, whatever byte is changed', () => {
    const whole = archive(WEIGHTS);
    const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255), cut: fc.boolean() });
    fc.assert(
      fc.property(change, ({ at, value, cut }) => {
        const bytes = cut ? whole.subarray(0, at) : Buffer.from(whole);
        if (!cut) {
          bytes[at] = value;
        }
        try {
          readTorchCheckpoint(bytes, 'f');
        } catch (error) {
          assert.ok(error instanceof SpikeBridgeError, `${error}`);
        }
      }),
      { seed: 1, numRuns: 4000 },
    );
  });

  it('of random instructions give a typed error, never a crash', () => {
    const codes = [
      ...Buffer.from('(.)01N2}]tulaeqhQRbcsX'),
      0x80,
      0x81,
      0x85,
      0x86,
      0x87,
      0x88,
      0x94,
      0x93,
      0x8a,
      0x4b,
    ];
    const instruction = fc.constantFrom(...codes);
    fc.assert(
      fc.property(fc.array(fc.oneof(instruction, fc.nat(255)), { maxLength: 60 }), (bytes) => {
        try {
          read(Buffer.from([...bytes, 0x2e]));
        } catch (error) {
          assert.ok(error instanceof SpikeBridgeError, `${error}`);
        }
      }),
      { seed: 2, numRuns: 20_000 },
    );
  });
});
