import { PickleMachine, type PickleRules, type PickleValue } from './pickleMachine';

/**
 * Reads a pickle of plain data (protocols 2 to 5) as torch.save writes it. Only instructions that build numbers, texts
 * and containers, and calls of names that the rules give a meaning, are known; everything else is refused.
 */

type Instruction = (machine: PickleMachine) => void;

function littleEndianInteger(bytes: Buffer): number | bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) {
    value = (value << 8n) | BigInt(bytes[index]!);
  }
  const signed = bytes.length > 0 ? BigInt.asIntN(8 * bytes.length, value) : 0n;
  const isSafe = signed >= BigInt(Number.MIN_SAFE_INTEGER) && signed <= BigInt(Number.MAX_SAFE_INTEGER);
  return isSafe ? Number(signed) : signed;
}

const text =
  (width: 1 | 4 | 8, encoding: 'utf8' | 'latin1'): Instruction =>
  (machine) =>
    machine.push(machine.take(machine.count(width)).toString(encoding));
const bytes =
  (width: 1 | 4 | 8): Instruction =>
  (machine) =>
    machine.push(Uint8Array.from(machine.take(machine.count(width))));
const integer =
  (width: 1 | 4): Instruction =>
  (machine) =>
    machine.push(littleEndianInteger(machine.take(machine.count(width))));
const constant =
  (value: PickleValue): Instruction =>
  (machine) =>
    machine.push(value);
const tuple =
  (length: number): Instruction =>
  (machine) => {
    const values = Array.from({ length }, () => machine.pop());
    machine.push(values.reverse());
  };

function addItems(machine: PickleMachine, items: readonly PickleValue[]): void {
  const target = machine.top();
  if (!(target instanceof Map) || items.length % 2 !== 0) {
    machine.refuse('it stores items in something that is no dictionary');
  }
  for (let index = 0; index < items.length; index += 2) {
    (target as Map<PickleValue, PickleValue>).set(items[index]!, items[index + 1]!);
  }
}

function addElements(machine: PickleMachine, elements: readonly PickleValue[]): void {
  const target = machine.top();
  if (!Array.isArray(target)) {
    machine.refuse('it appends to something that is no list');
  }
  for (const element of elements) {
    (target as PickleValue[]).push(element);
  }
}

function dictionary(machine: PickleMachine, items: readonly PickleValue[]): void {
  machine.push(new Map());
  addItems(machine, items);
}

/** State of a container (such as a state dict's version numbers) adds nothing to its values; a record takes it. */
function build(machine: PickleMachine): void {
  const state = machine.pop();
  const target = machine.top();
  if (!(target instanceof Map)) {
    machine.refuse('it sets the state of something that is no dictionary');
  }
  if (state instanceof Map && (target as Map<PickleValue, PickleValue>).size === 0) {
    addItems(machine, [...state].flat() as PickleValue[]);
  }
}

function stackGlobal(machine: PickleMachine): void {
  const name = machine.pop();
  const module = machine.pop();
  machine.pushGlobal(`${String(module)}.${String(name)}`);
}

function persistentId(machine: PickleMachine): void {
  const value = machine.rules.persistent(machine.pop());
  if (value === undefined) {
    machine.refuse('it refers to data outside that is no tensor storage');
  }
  machine.push(value as PickleValue);
}

/** Instructions by their byte. */
const INSTRUCTIONS: ReadonlyMap<number, Instruction> = new Map<number, Instruction>([
  [0x80, (machine) => void machine.take(1)], // PROTO
  [0x95, (machine) => void machine.take(8)], // FRAME
  [0x28, (machine) => machine.pushMark()],
  [0x30, (machine) => void machine.pop()],
  [0x31, (machine) => void machine.popToMark()],
  [0x32, (machine) => machine.push(machine.top())],
  [0x4e, constant(null)],
  [0x88, constant(true)],
  [0x89, constant(false)],
  [0x4a, (machine) => machine.push(machine.take(4).readInt32LE(0))],
  [0x4b, (machine) => machine.push(machine.count(1))],
  [0x4d, (machine) => machine.push(machine.take(2).readUInt16LE(0))],
  [0x8a, integer(1)],
  [0x8b, integer(4)],
  [0x47, (machine) => machine.push(machine.take(8).readDoubleBE(0))],
  [0x58, text(4, 'utf8')],
  [0x8c, text(1, 'utf8')],
  [0x8d, text(8, 'utf8')],
  [0x55, text(1, 'latin1')],
  [0x54, text(4, 'latin1')],
  [0x43, bytes(1)],
  [0x42, bytes(4)],
  [0x8e, bytes(8)],
  [0x29, (machine) => machine.push([])],
  [0x85, tuple(1)],
  [0x86, tuple(2)],
  [0x87, tuple(3)],
  [0x74, (machine) => machine.push(machine.popToMark())],
  [0x5d, (machine) => machine.push([])],
  [0x6c, (machine) => machine.push(machine.popToMark())],
  [0x7d, (machine) => machine.push(new Map())],
  [0x64, (machine) => dictionary(machine, machine.popToMark())],
  [0x8f, (machine) => machine.push([])], // EMPTY_SET
  [0x90, (machine) => addElements(machine, machine.popToMark())],
  [0x91, (machine) => machine.push(machine.popToMark())], // FROZENSET
  [0x61, (machine) => addElements(machine, [machine.pop()])],
  [0x65, (machine) => addElements(machine, machine.popToMark())],
  [0x73, (machine) => addItems(machine, [machine.pop(), machine.pop()].reverse())],
  [0x75, (machine) => addItems(machine, machine.popToMark())],
  [0x71, (machine) => machine.remember(machine.count(1))],
  [0x72, (machine) => machine.remember(machine.count(4))],
  [0x94, (machine) => machine.remember()],
  [0x68, (machine) => machine.recall(machine.count(1))],
  [0x6a, (machine) => machine.recall(machine.count(4))],
  [0x63, (machine) => machine.pushGlobal(`${machine.line()}.${machine.line()}`)],
  [0x93, stackGlobal],
  [0x52, (machine) => machine.call()],
  [0x81, (machine) => machine.call()], // NEWOBJ: the same to us
  [0x62, build],
  [0x51, persistentId],
]);

const STOP = 0x2e;

/**
 * The value of a pickle.
 * @param file its name, for error messages.
 * @throws SpikeBridgeError (checkpoint) where it holds anything but allowed data, with the byte offset.
 */
export function readPickle(pickle: Buffer, file: string, rules: PickleRules): PickleValue {
  const machine = new PickleMachine(pickle, file, rules);
  for (;;) {
    const code = machine.take(1)[0]!;
    if (code === STOP) {
      return machine.pop();
    }
    const instruction = INSTRUCTIONS.get(code);
    if (!instruction) {
      machine.refuse(`instruction 0x${code.toString(16)} is not one that plain data needs`);
    }
    (instruction as Instruction)(machine);
  }
}
