import type { ByteSource } from '../byteSource';
import type { Recognition, RecordingCodec } from '../recording';
import { WarningLog } from '../warningLog';
import { withKernel } from '../words/kernelDecoder';
import { wordRecording } from '../words/wordRecording';
import { ATIS_EVENT_BYTES, AtisDecoder, OVERFLOW_ROW } from './atisDecoder';

const PROBE_EVENTS = 8192;
/** Share of events whose time may step back: real recordings have none or few. */
const MOST_BACKWARD_STEPS = 0.01;
/** The same where name and size agree; random bytes step back every other time. */
const MOST_BACKWARD_STEPS_IF_NAMED = 0.1;
/** A step forward of more than this (µs) between neighbours is rare in recordings that are worth a look. */
const LONG_STEP = 1_000_000;
const STREAM = 'events';
const NAMES = /\.(?:bin|bs2)$/i;

interface TimeCheck {
  readonly events: number;
  readonly backward: number;
  readonly long: number;
  readonly rows: number;
}

/** How the timestamps run when the bytes are read as events. */
function checkTimes(bytes: Uint8Array): TimeCheck {
  const events = Math.floor(bytes.length / ATIS_EVENT_BYTES);
  const rows = new Set<number>();
  let last = -1;
  let [backward, long] = [0, 0];
  for (let event = 0; event < events; event++) {
    const offset = event * ATIS_EVENT_BYTES;
    if (bytes[offset + 1] === OVERFLOW_ROW) {
      last = -1;
      continue;
    }
    rows.add(bytes[offset + 1]!);
    const time = ((bytes[offset + 2]! & 0x7f) << 16) | (bytes[offset + 3]! << 8) | bytes[offset + 4]!;
    backward += time < last ? 1 : 0;
    long += last >= 0 && time - last > LONG_STEP ? 1 : 0;
    last = time;
  }
  return { events, backward, long, rows: rows.size };
}

function timesRun({ events, backward, long }: TimeCheck, mostBackward: number): boolean {
  const mostLong = Math.floor(events * MOST_BACKWARD_STEPS) + 1;
  return events > 0 && backward <= Math.floor(events * mostBackward) && long <= mostLong;
}

const isPrintable = (byte: number) => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d);

/** Text of long lines and erased memory pass the check of times, too. */
function isMonotonous(bytes: Uint8Array): boolean {
  return (
    bytes.every((byte) => byte === bytes[0]) ||
    (bytes.length >= ENOUGH_EVENTS * ATIS_EVENT_BYTES && bytes.every(isPrintable))
  );
}

/** Random bytes pass the check of times now and then when they are few: then the name has to agree. */
const ENOUGH_EVENTS = 16;

async function recogniseAtis(source: ByteSource): Promise<Recognition | undefined> {
  const named = NAMES.test(source.name);
  const whole = source.size % ATIS_EVENT_BYTES === 0;
  const bytes = await source.read(0, PROBE_EVENTS * ATIS_EVENT_BYTES);
  const check = checkTimes(bytes);
  if (
    isMonotonous(bytes) ||
    !timesRun(check, named && whole ? MOST_BACKWARD_STEPS_IF_NAMED : MOST_BACKWARD_STEPS) ||
    !(named || (whole && check.events >= ENOUGH_EVENTS && check.rows > 1))
  ) {
    return undefined;
  }
  return {
    how: `no header; read as ${ATIS_EVENT_BYTES}-byte events the times run forwards${named ? ', and the name agrees' : ''}`,
    confidence: 'likely',
  };
}

/** ATIS 40-bit recordings: N-MNIST, N-Caltech101 (.bin), SLAYER (.bs2). The size of the sensor is not in the file. */
export const atisCodec: RecordingCodec = {
  format: 'atis',
  recognise: recogniseAtis,
  async open(source) {
    return wordRecording({
      info: {
        format: { value: 'atis', how: 'no header; the times of 5-byte events run forwards' },
        streams: [STREAM],
        stream: STREAM,
        properties: [],
      },
      stream: { source, begin: 0, warnings: new WarningLog(), unit: 'event' },
      createDecoder: () => withKernel('atis', ATIS_EVENT_BYTES, new AtisDecoder()),
    });
  },
};
