import { SpikeBridgeError } from '../errors';

/** Reads zip archives whose entries are stored, not compressed, as torch.save writes them (APPNOTE 6.3). */

const END_RECORD = 0x06054b50;
const END_RECORD_BYTES = 22;
const LARGEST_COMMENT = 65_535;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_END_RECORD = 0x06064b50;
const ZIP64_END_BYTES = 56;
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_ENTRY_BYTES = 46;
const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
const ZIP64_EXTRA = 0x0001;
const UNKNOWN = 0xffffffff;
const STORED = 0;

function damaged(file: string, what: string, byteOffset: number): SpikeBridgeError {
  return new SpikeBridgeError(
    'checkpoint',
    `not a readable zip archive: ${what}`,
    'The file is damaged or cut off: copy or download it again.',
    { file, byteOffset },
  );
}

/** Where the directory of an archive is. */
interface DirectoryPlace {
  readonly offset: number;
  readonly entries: number;
}

function findEndRecord(bytes: Buffer, file: string): number {
  const first = Math.max(0, bytes.length - END_RECORD_BYTES - LARGEST_COMMENT);
  for (let offset = bytes.length - END_RECORD_BYTES; offset >= first; offset--) {
    if (bytes.readUInt32LE(offset) === END_RECORD) {
      return offset;
    }
  }
  throw damaged(file, 'it has no directory', bytes.length);
}

function directoryPlace(bytes: Buffer, file: string): DirectoryPlace {
  const end = findEndRecord(bytes, file);
  const locator = end - ZIP64_LOCATOR_BYTES;
  if (locator >= 0 && bytes.readUInt32LE(locator) === ZIP64_LOCATOR) {
    const record = Number(bytes.readBigUInt64LE(locator + 8));
    if (record + ZIP64_END_BYTES > bytes.length || bytes.readUInt32LE(record) !== ZIP64_END_RECORD) {
      throw damaged(file, 'its ZIP64 directory lies outside the file', locator);
    }
    return {
      entries: Number(bytes.readBigUInt64LE(record + 32)),
      offset: Number(bytes.readBigUInt64LE(record + 48)),
    };
  }
  return { entries: bytes.readUInt16LE(end + 10), offset: bytes.readUInt32LE(end + 16) };
}

/** Size and local header's offset where they do not fit 32 bits: in this order in the ZIP64 extra field. */
function wideValues(extra: Buffer, values: readonly number[]): number[] {
  for (let offset = 0; offset + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(offset + 2);
    const field = extra.subarray(offset + 4, offset + 4 + length);
    if (extra.readUInt16LE(offset) === ZIP64_EXTRA) {
      let position = 0;
      return values.map((value) => {
        if (value !== UNKNOWN || position + 8 > field.length) {
          return value;
        }
        position += 8;
        return Number(field.readBigUInt64LE(position - 8));
      });
    }
    offset += 4 + length;
  }
  return [...values];
}

interface DirectoryEntry {
  readonly name: string;
  readonly size: number;
  readonly localOffset: number;
  readonly bytes: number;
}

function readDirectoryEntry(bytes: Buffer, offset: number, file: string): DirectoryEntry {
  if (offset + DIRECTORY_ENTRY_BYTES > bytes.length || bytes.readUInt32LE(offset) !== DIRECTORY_ENTRY) {
    throw damaged(file, 'an entry of its directory is missing', offset);
  }
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((at) =>
    bytes.readUInt16LE(offset + at),
  ) as [number, number, number];
  const nameEnd = offset + DIRECTORY_ENTRY_BYTES + nameLength;
  const name = bytes.toString('utf8', offset + DIRECTORY_ENTRY_BYTES, nameEnd);
  if (bytes.readUInt16LE(offset + 10) !== STORED) {
    throw damaged(file, `${name} is compressed; PyTorch stores its tensors as they are`, offset);
  }
  const narrow = [24, 20, 42].map((at) => bytes.readUInt32LE(offset + at));
  const extra = bytes.subarray(nameEnd, nameEnd + extraLength);
  const [size, , localOffset] = wideValues(extra, narrow) as [number, number, number];
  return { name, size, localOffset, bytes: DIRECTORY_ENTRY_BYTES + nameLength + extraLength + commentLength };
}

/** The contents of an entry, without copying. */
function entryData(archive: Buffer, { name, size, localOffset }: DirectoryEntry, file: string): Buffer {
  const isInside = localOffset + LOCAL_HEADER_BYTES <= archive.length;
  if (!isInside || archive.readUInt32LE(localOffset) !== LOCAL_HEADER) {
    throw damaged(file, `${name} is not where the directory says`, Math.min(localOffset, archive.length));
  }
  const nameLength = archive.readUInt16LE(localOffset + 26);
  const extraLength = archive.readUInt16LE(localOffset + 28);
  const start = localOffset + LOCAL_HEADER_BYTES + nameLength + extraLength;
  if (start + size > archive.length) {
    throw damaged(file, `${name} reaches over the end of the file`, archive.length);
  }
  return archive.subarray(start, start + size);
}

/** Whether the bytes begin as a zip archive does. */
export function isZip(bytes: Buffer): boolean {
  return bytes.length >= 4 && bytes.readUInt32LE(0) === LOCAL_HEADER;
}

/**
 * The entries of an archive by name, as views of its bytes.
 * @param file its name, for error messages.
 * @throws SpikeBridgeError (checkpoint) where it is damaged or compressed, with the byte offset.
 */
export function readStoredZip(archive: Buffer, file: string): Map<string, Buffer> {
  if (archive.length < END_RECORD_BYTES) {
    throw damaged(file, 'it has no directory', archive.length);
  }
  const { entries, offset: start } = directoryPlace(archive, file);
  const contents = new Map<string, Buffer>();
  let offset = start;
  for (let index = 0; index < entries; index++) {
    const entry = readDirectoryEntry(archive, offset, file);
    contents.set(entry.name, entryData(archive, entry, file));
    offset += entry.bytes;
  }
  return contents;
}
