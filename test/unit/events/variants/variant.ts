import assert from 'node:assert/strict';
import type { SensorSize } from '../../../../engine/events/eventBatch';
import type { OpenOptions } from '../../../../engine/events/recording';
import { decodeBytes, type EventRow } from '../../../tools/recordings';

/** A way to write a format that was seen in files or writers of others. */
export interface Variant {
  /** Where it is found, or how it differs. */
  readonly name: string;
  readonly bytes: () => Uint8Array | Promise<Uint8Array>;
  /** Name of the file, where headerless formats look at it. */
  readonly file?: string;
  readonly options?: OpenOptions;
  /** The events it must decode to; else `refused`. */
  readonly rows?: readonly EventRow[];
  readonly size?: SensorSize;
  readonly version?: string;
  /** Part of a warning that must be given. */
  readonly warning?: RegExp;
  /** What the refusal says. */
  readonly refused?: RegExp;
}

async function check({ bytes, file, options = {}, ...expected }: Variant): Promise<void> {
  const decoding = decodeBytes(await bytes(), options, file ?? 'recording');
  if (expected.refused) {
    await assert.rejects(decoding, (error: Error) => {
      assert.equal(error.name, 'SpikeBridgeError', error.stack);
      assert.match(error.message, expected.refused!);
      return true;
    });
    return;
  }
  const { rows, info, warnings } = await decoding;
  assert.deepEqual(rows, expected.rows);
  if (expected.size) {
    assert.deepEqual(info.size?.value, expected.size);
  }
  if (expected.version) {
    assert.equal(info.version?.value, expected.version);
  }
  if (expected.warning) {
    assert.match(warnings.map(({ message }) => message).join('\n'), expected.warning);
  }
}

/** One test per variant. */
export function describeVariants(title: string, variants: readonly Variant[]): void {
  describe(`${title} in the wild`, () => {
    for (const variant of variants) {
      it(`${variant.refused ? 'refuses' : 'reads'} ${variant.name}`, () => check(variant));
    }
  });
}

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export function joined(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
