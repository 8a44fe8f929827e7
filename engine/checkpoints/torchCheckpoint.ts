import { SpikeBridgeError } from '../errors';
import type { StoredTensor } from '../runs/safetensors';
import type { ElementType } from './elementTypes';
import { elementWidth } from './elementTypes';
import { readPickle } from './pickle';
import type { PickleGlobal, PickleRules, PickleValue } from './pickleMachine';
import { isZip, readStoredZip } from './storedZip';
import { describedTensor, isTensor, readTorchTensor, type TorchTensor } from './torchTensor';

/** Storage classes of PyTorch. */
const STORAGE_TYPES: Readonly<Record<string, ElementType>> = {
  'torch.DoubleStorage': 'F64',
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};

/** Where checkpoints keep the weights, most common first; a bare state dict is its own. */
const STATE_DICT_KEYS = ['state_dict', 'model_state_dict', 'model', 'net', 'network'];
/** What nn.DataParallel puts before every name. */
const PARALLEL_PREFIX = 'module.';
/** The first bytes of the format before PyTorch 1.6: a pickle of its magic number. */
const LEGACY_MAGIC = Buffer.from('80028a0a6cfc9c46f920', 'hex');
const TAR_MAGIC_OFFSET = 257;

function unreadable(file: string, what: string, nextStep: string): SpikeBridgeError {
  return new SpikeBridgeError('checkpoint', what, nextStep, { file });
}

/** Containers and names that hold no tensors, with the plain data they become. */
const PLAIN_GLOBALS: Readonly<Record<string, (args: readonly PickleValue[]) => PickleValue>> = {
  'collections.OrderedDict': (args) => new Map(pairsOf(args[0])),
  'argparse.Namespace': () => new Map(),
  'torch.Size': (args) => args[0] ?? null,
  'torch.device': (args) => args[0] ?? null,
  'builtins.set': (args) => args[0] ?? [],
  '__builtin__.set': (args) => args[0] ?? [],
  // Numbers of numpy, such as an accuracy beside the weights: taken note of, not read.
  'numpy.dtype': () => new Map(),
  'numpy.core.multiarray.scalar': () => null,
  'numpy._core.multiarray.scalar': () => null,
  '_codecs.encode': (args) => args[0] ?? null,
};

/** OrderedDict's argument in old pickles: a list of pairs. */
function pairsOf(value: PickleValue | undefined): [PickleValue, PickleValue][] {
  const isPair = (each: PickleValue): each is [PickleValue, PickleValue] =>
    Array.isArray(each) && each.length === 2;
  return Array.isArray(value) ? value.filter(isPair) : [];
}

function rebuildTensor(file: string): (args: readonly PickleValue[]) => PickleValue {
  return (args) => {
    const tensor = describedTensor(args);
    if (!tensor) {
      throw unreadable(
        file,
        'a tensor of this file reaches over the values that are stored for it, or repeats them',
        'The file is damaged, or saved from an expanded tensor: save the state dict again.',
      );
    }
    return tensor as PickleValue;
  };
}

/** Names a pickle of PyTorch may refer to. */
function globalsOf(file: string): PickleRules['global'] {
  const makers: Readonly<Record<string, (args: readonly PickleValue[]) => PickleValue>> = {
    ...PLAIN_GLOBALS,
    'torch._utils._rebuild_tensor': rebuildTensor(file),
    'torch._utils._rebuild_tensor_v2': rebuildTensor(file),
    'torch._utils._rebuild_parameter': (args) => args[0] ?? null,
  };
  return (name): PickleGlobal | undefined => {
    if (Object.hasOwn(makers, name)) {
      return { kind: 'global', name, make: makers[name]! };
    }
    // A storage class is only named in persistent ids, never called.
    const refuse = () => {
      throw unreadable(file, `${name} is called in this file, which no tensor needs`, SAVE_AGAIN);
    };
    return Object.hasOwn(STORAGE_TYPES, name) ? { kind: 'global', name, make: refuse } : undefined;
  };
}

const SAVE_AGAIN = 'Save only the state dict: torch.save(model.state_dict(), FILE).';

/** A storage from its persistent id ('storage', class, key, device, number of values). */
function storagesOf(entries: ReadonlyMap<string, Buffer>, prefix: string): PickleRules['persistent'] {
  return (id) => {
    const [tag, type, key, , count] = Array.isArray(id) ? id : [];
    const name = type && typeof type === 'object' && 'name' in type ? (type as PickleGlobal).name : '';
    const element = Object.hasOwn(STORAGE_TYPES, name) ? STORAGE_TYPES[name] : undefined;
    const bytes = entries.get(`${prefix}data/${String(key)}`);
    if (tag !== 'storage' || !element || !bytes || bytes.length !== Number(count) * elementWidth(element)) {
      return undefined;
    }
    return { kind: 'storage', type: element, bytes } as PickleValue;
  };
}

const tensorEntries = (value: PickleValue | undefined): [string, TorchTensor][] =>
  value instanceof Map
    ? [...value].flatMap(([name, each]): [string, TorchTensor][] =>
        typeof name === 'string' && isTensor(each) ? [[name, each]] : [],
      )
    : [];

/** The named tensors of a checkpoint's weights, wherever it keeps them. */
function stateDictOf(root: PickleValue): [string, TorchTensor][] {
  const own = tensorEntries(root);
  if (own.length > 0 || !(root instanceof Map)) {
    return own;
  }
  const candidates = STATE_DICT_KEYS.map((key) => tensorEntries(root.get(key)));
  return candidates.find((tensors) => tensors.length > 0) ?? [];
}

/** Names without the prefix of nn.DataParallel, where all have it. */
function withoutParallel(names: readonly string[]): (name: string) => string {
  const isParallel = names.every((name) => name.startsWith(PARALLEL_PREFIX));
  return (name) => (isParallel ? name.slice(PARALLEL_PREFIX.length) : name);
}

/** Whether the bytes are a file of torch.save, of any age, or a bare pickle. */
export function isTorchFile(bytes: Buffer): boolean {
  return isZip(bytes) || isPickle(bytes) || isTar(bytes);
}

/** Opcode of a pickle's protocol, which comes first from protocol 2 on. */
const PROTOCOL = 0x80;
const NEWEST_PROTOCOL = 5;
/** Where the header of safetensors begins; its length before it may look like a pickle's first bytes. */
const HEADER_OFFSET = 8;

function isPickle(bytes: Buffer): boolean {
  const [opcode, protocol = 0] = bytes;
  const isSafetensors = bytes[HEADER_OFFSET] === '{'.charCodeAt(0);
  return opcode === PROTOCOL && protocol >= 2 && protocol <= NEWEST_PROTOCOL && !isSafetensors;
}

const isLegacy = (bytes: Buffer) => bytes.subarray(0, LEGACY_MAGIC.length).equals(LEGACY_MAGIC);
const isTar = (bytes: Buffer) => bytes.toString('latin1', TAR_MAGIC_OFFSET, TAR_MAGIC_OFFSET + 5) === 'ustar';

function requireZip(bytes: Buffer, file: string): void {
  if (isLegacy(bytes) || isTar(bytes)) {
    throw unreadable(
      file,
      `this is the ${isTar(bytes) ? 'tar' : 'pickle'} format of PyTorch before 1.6, which is not read`,
      'Load it with a current PyTorch and save it again: torch.save(torch.load(FILE), NEW_FILE).',
    );
  }
  if (isPickle(bytes)) {
    throw unreadable(
      file,
      'this is a bare pickle, not a file of torch.save; it is not read, and nothing was executed',
      SAVE_AGAIN,
    );
  }
}

/**
 * Reads the state dict of a file that torch.save wrote (.pth, .pth.tar; zip with a pickle of tensors and plain
 * containers). Nothing in the file is executed.
 * @param file its name, for error messages.
 * @returns tensors by the authors' names, as float32.
 * @throws SpikeBridgeError (checkpoint) where it is damaged, of the old format, or holds anything but plain data.
 */
export function readTorchCheckpoint(bytes: Buffer, file: string): Map<string, StoredTensor> {
  requireZip(bytes, file);
  const entries = readStoredZip(bytes, file);
  const pickleName = [...entries.keys()].find((name) => name === 'data.pkl' || name.endsWith('/data.pkl'));
  if (pickleName === undefined) {
    throw unreadable(file, 'a zip archive, but not one of torch.save: it has no data.pkl', SAVE_AGAIN);
  }
  const prefix = pickleName.slice(0, -'data.pkl'.length);
  const byteOrder = entries.get(`${prefix}byteorder`)?.toString('utf8') ?? 'little';
  if (byteOrder !== 'little') {
    throw unreadable(file, `its numbers are ${byteOrder}-endian; only little-endian is read`, SAVE_AGAIN);
  }
  const rules = { global: globalsOf(file), persistent: storagesOf(entries, prefix) };
  const tensors = stateDictOf(readPickle(entries.get(pickleName)!, file, rules));
  if (tensors.length === 0) {
    throw unreadable(file, 'it holds no state dict: no named tensors were found', SAVE_AGAIN);
  }
  const rename = withoutParallel(tensors.map(([name]) => name));
  return new Map(tensors.map(([name, tensor]) => [rename(name), readTorchTensor(tensor)]));
}
