import type { StoredTensor } from '../runs/safetensors';
import { decodeElements, type ElementType, elementWidth } from './elementTypes';
import type { PickleObject, PickleValue } from './pickleMachine';

/** A block of values that tensors are views of. */
export interface TorchStorage extends PickleObject {
  readonly kind: 'storage';
  readonly type: ElementType;
  /** Little-endian values. */
  readonly bytes: Buffer;
}

/** A view of a storage, not yet read. */
export interface TorchTensor extends PickleObject {
  readonly kind: 'tensor';
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

const hasKind = (value: PickleValue | undefined, kind: string): value is PickleValue & PickleObject =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;

export const isStorage = (value: PickleValue | undefined): value is PickleValue & TorchStorage =>
  hasKind(value, 'storage');
export const isTensor = (value: PickleValue | undefined): value is PickleValue & TorchTensor =>
  hasKind(value, 'tensor');

const isCounts = (value: PickleValue | undefined): value is number[] =>
  Array.isArray(value) && value.every((each) => Number.isSafeInteger(each) && (each as number) >= 0);

const product = (values: readonly number[]) => values.reduce((size, length) => size * length, 1);

/**
 * The tensor that PyTorch's rebuild functions describe; undefined where the description reaches over its storage or
 * repeats values.
 */
export function describedTensor(args: readonly PickleValue[]): TorchTensor | undefined {
  const [storage, offset, shape, strides] = args;
  const isDescribed =
    isStorage(storage) && Number.isSafeInteger(offset) && isCounts(shape) && isCounts(strides);
  if (!isDescribed || shape.length !== strides.length || (offset as number) < 0) {
    return undefined;
  }
  const stored = storage.bytes.length / elementWidth(storage.type);
  const last = shape.reduce((sum, length, axis) => sum + (length - 1) * strides[axis]!, offset as number);
  const size = product(shape);
  if (size > 0 && (last >= stored || size > stored)) {
    return undefined;
  }
  return { kind: 'tensor', storage, offset: offset as number, shape, strides };
}

/** Whether the values lie one after the other in row-major order. */
function isContiguous({ shape, strides }: TorchTensor): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) {
      return false;
    }
    expected *= shape[axis]!;
  }
  return true;
}

/** The values in row-major order, as float32. */
export function readTorchTensor(tensor: TorchTensor): StoredTensor {
  const { storage, offset, shape, strides } = tensor;
  const width = elementWidth(storage.type);
  const size = product(shape);
  if (isContiguous(tensor)) {
    const bytes = storage.bytes.subarray(offset * width, (offset + size) * width);
    return { shape, values: decodeElements(storage.type, bytes) };
  }
  const all = decodeElements(storage.type, storage.bytes);
  const index = new Array<number>(shape.length).fill(0);
  const values = new Float32Array(size);
  for (let position = 0; position < size; position++) {
    values[position] = all[index.reduce((sum, each, axis) => sum + each * strides[axis]!, offset)]!;
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) {
      index[axis] = 0;
    }
  }
  return { shape, values };
}
