import type { ByteSource } from '../byteSource';
import type { Found } from '../recording';
import type { Evt21Order } from './evt21Decoder';
import { headerValue } from './percentHeader';
import type { RawHeader } from './rawHeader';
import { FIRST_LITTLE_ENDIAN_SYSTEM } from './systemIds';

const PROBE_BYTES = 1 << 16;
const KNOWN_TYPES = new Set([0x0, 0x1, 0x8, 0xa, 0xe, 0xf]);

/** Share of words that make sense: known type, TIME_HIGH not falling; 0 where no TIME_HIGH comes. */
function plausibility(view: DataView, headAt: 0 | 4): number {
  const words = view.byteLength >>> 3;
  let high = -1;
  let good = 0;
  for (let word = 0; word < words; word++) {
    const head = view.getUint32(word * 8 + headAt, true);
    const type = head >>> 28;
    const time = head & 0xfffffff;
    const falls = type === 0x8 && time < high;
    high = type === 0x8 ? time : high;
    good += KNOWN_TYPES.has(type) && !falls ? 1 : 0;
  }
  return high >= 0 ? good / words : 0;
}

function statedOrder(raw: RawHeader): Found<Evt21Order> | undefined {
  const order = raw.endianness?.toLowerCase();
  const how = 'header key endianness';
  if (order === 'legacy') {
    return { value: 'legacy', how };
  }
  // Big endian words come turned round.
  return order === 'little' || order === 'big' ? { value: 'little', how } : undefined;
}

/**
 * Which half of a little-endian EVT 2.1 word comes first: stated, unless no word makes sense so; else seen from the
 * first words, else by the board's id.
 */
export async function evt21Order(source: ByteSource, raw: RawHeader): Promise<Found<Evt21Order>> {
  const stated = statedOrder(raw);
  const bytes = await source.read(raw.header.end, PROBE_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = plausibility(view, 4);
  const legacy = plausibility(view, 0);
  const isRefuted = (stated?.value === 'little' ? little : legacy) === 0 && Math.max(little, legacy) > 0.9;
  if (stated && !isRefuted) {
    return stated;
  }
  if (Math.abs(little - legacy) > 0.1) {
    return {
      value: little > legacy ? 'little' : 'legacy',
      how: 'the first words make sense in this order only',
    };
  }
  const integrator = headerValue(raw.header, 'camera_integrator_name', 'integrator_name') ?? '';
  const old = /prophesee/i.test(integrator) && raw.systemId < FIRST_LITTLE_ENDIAN_SYSTEM;
  return old
    ? { value: 'legacy', how: `system_ID ${raw.systemId}` }
    : { value: 'little', how: 'the order of current boards' };
}
