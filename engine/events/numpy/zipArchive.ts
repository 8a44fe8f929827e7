import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import { InflatedSource } from '../compression/inflatedSource';
import { slicedSource } from '../slicedSource';
import type { WarningLog } from '../warningLog';
import { checkedSource } from './checkedSource';

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_RECORD = 0x06054b50;
const END_RECORD_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const END_RECORD_BYTES = 22;
const LOCATOR_BYTES = 20;
const MOST_COMMENT_BYTES = 65_535;
const MOST_DIRECTORY_BYTES = 1 << 24;
const IN_ZIP64_FIELD = 0xffffffff;
const STORED = 0;
const DEFLATED = 8;

/** One file in the archive (ZIP application note 6.3, sections 4.3 and 4.5.3). */
export interface ZipMember {
  readonly name: string;
  readonly method: number;
  readonly packedSize: number;
  readonly size: number;
  /** CRC-32 of the unpacked content. */
  readonly crc: number;
  /** Byte of the local header. */
  readonly offset: number;
}

function damaged(source: ByteSource, message: string, byteOffset: number): SpikeBridgeError {
  return new SpikeBridgeError('data', `zip archive: ${message}`, 'Copy the archive again, or save it anew.', {
    file: source.name,
    byteOffset,
  });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function getLong(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 2 ** 32;
}

/** Whether the source begins with a zip member (or is an empty archive). */
export async function isZip(source: ByteSource): Promise<boolean> {
  const bytes = await source.read(0, 4);
  return bytes.length === 4 && viewOf(bytes).getUint32(0, true) === LOCAL_HEADER;
}

/**
 * The members by the archive's directory at its end, in its order.
 * @throws SpikeBridgeError (data) where the directory is missing or damaged.
 */
export async function readZipMembers(source: ByteSource): Promise<readonly ZipMember[]> {
  const { offset, size } = await directoryPlace(source);
  if (size > MOST_DIRECTORY_BYTES || offset + size > source.size) {
    throw damaged(source, 'its directory lies outside the file', offset);
  }
  const view = viewOf((await source.read(offset, size)).slice());
  const members: ZipMember[] = [];
  for (let at = 0; at + 46 <= view.byteLength && view.getUint32(at, true) === CENTRAL_HEADER; ) {
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > view.byteLength) {
      throw damaged(source, 'its directory is cut off', offset + at);
    }
    members.push(readMember(view, at, nameLength, extraLength));
    at = next;
  }
  return members;
}

async function directoryPlace(source: ByteSource): Promise<{ offset: number; size: number }> {
  const length = Math.min(source.size, END_RECORD_BYTES + MOST_COMMENT_BYTES);
  const base = source.size - length;
  const view = viewOf((await source.read(base, length)).slice());
  for (let at = view.byteLength - END_RECORD_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) === END_RECORD) {
      const place = { size: view.getUint32(at + 12, true), offset: view.getUint32(at + 16, true) };
      const needsLong = place.offset === IN_ZIP64_FIELD || place.size === IN_ZIP64_FIELD;
      return needsLong ? directoryPlace64(source, base + at) : place;
    }
  }
  throw damaged(source, 'its directory is missing: the file was cut off', source.size);
}

async function directoryPlace64(source: ByteSource, end: number): Promise<{ offset: number; size: number }> {
  const locator = viewOf((await source.read(end - LOCATOR_BYTES, LOCATOR_BYTES)).slice());
  if (locator.byteLength === LOCATOR_BYTES && locator.getUint32(0, true) === LOCATOR_64) {
    const record = viewOf((await source.read(getLong(locator, 8), 56)).slice());
    if (record.byteLength === 56 && record.getUint32(0, true) === END_RECORD_64) {
      return { size: getLong(record, 40), offset: getLong(record, 48) };
    }
  }
  throw damaged(source, 'its zip64 directory is missing', end);
}

function readMember(view: DataView, at: number, nameLength: number, extraLength: number): ZipMember {
  const name = new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength);
  const short = {
    size: view.getUint32(at + 24, true),
    packedSize: view.getUint32(at + 20, true),
    offset: view.getUint32(at + 42, true),
  };
  return {
    name: new TextDecoder().decode(name),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    ...withLongValues(view, at + 46 + nameLength, extraLength, short),
  };
}

type Extent = Pick<ZipMember, 'size' | 'packedSize' | 'offset'>;

/** The zip64 extra field holds, in this order, those values that did not fit. */
function withLongValues(view: DataView, start: number, length: number, short: Extent): Extent {
  const long = { ...short };
  for (let at = start; at + 4 <= start + length; at += 4 + view.getUint16(at + 2, true)) {
    const end = Math.min(at + 4 + view.getUint16(at + 2, true), start + length);
    if (view.getUint16(at, true) !== 1) {
      continue;
    }
    let place = at + 4;
    for (const key of ['size', 'packedSize', 'offset'] as const) {
      if (short[key] === IN_ZIP64_FIELD && place + 8 <= end) {
        long[key] = getLong(view, place);
        place += 8;
      }
    }
  }
  return long;
}

/** Whether a member is unpacked as it is read. */
export function isPacked({ method }: ZipMember): boolean {
  return method !== STORED;
}

/**
 * A member's content: stored ones are read in place, deflated ones unpacked as they are read. Where it cannot be
 * unpacked it ends early, and where it is not what was packed (CRC-32) it is given as it is; both with a warning.
 * @throws SpikeBridgeError (data) for other compressions and where the member is not where the directory says.
 */
export async function openMember(
  source: ByteSource,
  member: ZipMember,
  warnings: WarningLog,
): Promise<ByteSource> {
  const header = viewOf((await source.read(member.offset, 30)).slice());
  if (header.byteLength < 30 || header.getUint32(0, true) !== LOCAL_HEADER) {
    throw damaged(source, `${member.name} is not where the directory says`, member.offset);
  }
  const offset = member.offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  return checkedSource(contentOf(source, member, offset, warnings), member.crc, () =>
    warnings.add(
      `${member.name} is damaged: its checksum (CRC-32) does not fit, so some of its values are wrong; copy the file again`,
      offset,
    ),
  );
}

function contentOf(source: ByteSource, member: ZipMember, offset: number, warnings: WarningLog): ByteSource {
  const name = `${source.name}/${member.name}`;
  const { packedSize, size } = member;
  const onDamage = (message: string, place: number) =>
    warnings.add(`${member.name} ends early: ${message}; copy the file again`, place);
  switch (member.method) {
    case STORED:
      return slicedSource(source, offset, size, name);
    case DEFLATED:
      return new InflatedSource({ source, offset, packedSize, size, kind: 'deflate', name, onDamage });
    default:
      throw damaged(
        source,
        `${member.name} is compressed by method ${member.method}, not stored or deflated`,
        member.offset,
      );
  }
}
