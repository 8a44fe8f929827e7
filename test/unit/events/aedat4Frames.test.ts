import assert from 'node:assert/strict';
import { Builder } from 'flatbuffers';
import { samplesOf } from '../../../engine/events/aedat4/trackSamples';

const FIELDS = 11;

/** A packet of one grey frame of 2 x 1 pixels. @param times its first five fields in µs: packet, frame, exposure. */
function framePacket(times: readonly number[]) {
  const builder = new Builder();
  const pixels = builder.createByteVector(Uint8Array.of(5, 9));
  builder.startObject(FIELDS);
  for (const [field, time] of times.entries()) {
    builder.addFieldInt64(field, BigInt(time), 0n);
  }
  builder.addFieldInt16(6, 2, 0);
  builder.addFieldInt16(7, 1, 0);
  builder.addFieldOffset(10, pixels, 0);
  builder.finish(builder.endObject());
  return { type: 'FRME', bytes: builder.asUint8Array() } as const;
}

function frameOf(times: readonly number[]) {
  const [sample] = samplesOf(framePacket(times) as Parameters<typeof samplesOf>[0]);
  return sample?.kind === 'frame' ? sample : undefined;
}

describe('frames of AEDAT 4.0', () => {
  it('tell the start and the length of their exposure', () => {
    const frame = frameOf([1, 2, 30, 10, 25]);
    assert.deepEqual([frame?.t, frame?.exposure, frame?.width, frame?.height], [10, 15, 2, 1]);
    assert.deepEqual([...(frame?.pixels ?? [])], [5, 9]);
  });

  it('tell none where the file does not', () => {
    for (const [times, t] of [
      [[1, 2, 30, 0, 25], 2],
      [[1, 2, 30, 10, 0], 10],
      [[1, 0, 0, 0, 0], 1],
    ] as const) {
      const frame = frameOf(times);
      assert.deepEqual([frame?.t, frame && 'exposure' in frame], [t, false]);
    }
  });
});
