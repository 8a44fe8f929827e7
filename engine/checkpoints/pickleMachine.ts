import { SpikeBridgeError } from '../errors';

/** What a pickle may hold: numbers, texts, plain containers, and what an allowed global makes. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleGlobal
  | PickleObject;

/** A value that an allowed global made, such as a tensor. */
export interface PickleObject {
  readonly kind: string;
}

/** An allowed global: a name with a meaning of our own. Nothing of the file is ever executed. */
export interface PickleGlobal {
  readonly kind: 'global';
  readonly name: string;
  make(args: readonly PickleValue[]): PickleValue;
}

/** What a pickle may refer to. */
export interface PickleRules {
  /** The meaning of `module.name`; undefined refuses the file. */
  global(name: string): PickleGlobal | undefined;
  /** The meaning of a persistent id, such as a storage; undefined refuses the file. */
  persistent(id: PickleValue): PickleValue | undefined;
}

const MARK = Symbol('mark');
type Slot = PickleValue | typeof MARK;

/** The stack machine that pickles are programs for, without any of its dangerous instructions. */
export class PickleMachine {
  position = 0;
  private readonly stack: Slot[] = [];
  private readonly memo = new Map<number, PickleValue>();

  constructor(
    readonly bytes: Buffer,
    readonly file: string,
    readonly rules: PickleRules,
  ) {}

  /** @throws SpikeBridgeError (checkpoint) with the byte offset inside the pickle. */
  refuse(what: string): never {
    throw new SpikeBridgeError(
      'checkpoint',
      `the pickle in this file is refused: ${what}`,
      'Save only the state dict: torch.save(model.state_dict(), FILE), or as safetensors.',
      { file: this.file, byteOffset: this.position },
    );
  }

  /** The next `count` bytes. */
  take(count: number): Buffer {
    const end = this.position + count;
    if (!(count >= 0) || end > this.bytes.length) {
      this.refuse(`it ends in the middle of a value of ${count} bytes`);
    }
    const taken = this.bytes.subarray(this.position, end);
    this.position = end;
    return taken;
  }

  /** Text up to the next line feed. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) {
      this.refuse('it ends in the middle of a name');
    }
    const text = this.take(end - this.position).toString('utf8');
    this.position++;
    return text;
  }

  /** A count of the given width in bytes (1, 4 or 8), little-endian. */
  count(width: 1 | 4 | 8): number {
    const bytes = this.take(width);
    return width === 8 ? Number(bytes.readBigUInt64LE(0)) : bytes.readUIntLE(0, width);
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pushMark(): void {
    this.stack.push(MARK);
  }

  pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined || value === MARK) {
      this.refuse('its instructions do not fit together');
    }
    return value as PickleValue;
  }

  /** The value on top, which stays. */
  top(): PickleValue {
    const value = this.pop();
    this.push(value);
    return value;
  }

  /** Everything above the last mark, which goes too. */
  popToMark(): PickleValue[] {
    const mark = this.stack.lastIndexOf(MARK);
    if (mark < 0) {
      this.refuse('its instructions do not fit together');
    }
    const values = this.stack.splice(mark + 1) as PickleValue[];
    this.stack.pop();
    return values;
  }

  remember(index = this.memo.size): void {
    this.memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) {
      this.refuse(`it recalls value ${index}, which was never stored`);
    }
    this.push(value as PickleValue);
  }

  pushGlobal(name: string): void {
    const found = this.rules.global(name);
    if (!found) {
      this.refuse(
        `it refers to ${name}, which is neither a tensor nor a plain container; nothing was executed`,
      );
    }
    this.push(found as PickleGlobal);
  }

  /** Calls a global with a tuple of arguments: our meaning of it, not the file's. */
  call(): void {
    const args = this.pop();
    const callee = this.pop();
    if (!Array.isArray(args) || !isGlobal(callee)) {
      this.refuse('it calls something that is no allowed name');
    }
    this.push((callee as PickleGlobal).make(args as PickleValue[]));
  }
}

function isGlobal(value: PickleValue): value is PickleGlobal {
  return value !== null && typeof value === 'object' && 'kind' in value && value.kind === 'global';
}
