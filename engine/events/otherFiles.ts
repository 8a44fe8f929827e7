import type { ByteSource } from './byteSource';

const HEAD_BYTES = 4096;

/** Files that people meet beside recordings: leading bytes as text, at an offset, and what the file is. */
const SIGNATURES: readonly (readonly [offset: number, bytes: string, title: string])[] = [
  [0, '\x89PNG\r\n\x1a\n', 'a PNG image'],
  [0, '\xff\xd8\xff', 'a JPEG image'],
  [0, 'GIF8', 'a GIF image'],
  [0, 'BM', 'a BMP image'],
  [0, 'II*\0', 'a TIFF image'],
  [0, 'MM\0*', 'a TIFF image'],
  [8, 'WEBP', 'a WebP image'],
  [8, 'AVI ', 'an AVI video'],
  [8, 'WAVE', 'a WAV sound file'],
  [4, 'ftyp', 'an MP4 video'],
  [0, '\x1aE\xdf\xa3', 'a Matroska or WebM video'],
  [0, 'OggS', 'an Ogg sound or video file'],
  [0, '%PDF-', 'a PDF document'],
  [0, 'PK\x03\x04', 'a zip archive'],
  [0, 'PK\x05\x06', 'an empty zip archive'],
  [0, '\x1f\x8b', 'a gzip archive'],
  [0, 'BZh', 'a bzip2 archive'],
  [0, '\xfd7zXZ\0', 'an xz archive'],
  [0, "7z\xbc\xaf'\x1c", 'a 7-Zip archive'],
  [0, 'Rar!\x1a\x07', 'a RAR archive'],
  [0, '\x28\xb5\x2f\xfd', 'a zstd archive'],
  [0, '\x04\x22\x4d\x18', 'an LZ4 archive'],
  [257, 'ustar', 'a tar archive'],
  [0, 'SQLite format 3\0', 'an SQLite database without ROS messages'],
  [0, '\x89HDF\r\n\x1a\n', 'an HDF5 file without events'],
  [0, '\x93NUMPY', 'a NumPy array that holds no events'],
  [0, 'MATLAB', 'a MATLAB file without events'],
  [0, '#ROSBAG', 'a ROS bag of another version'],
  [0, '\x89MCAP', 'an MCAP file without events'],
  [0, '\x7fELF', 'a Linux program or library'],
  [0, 'MZ', 'a Windows program or library'],
  [0, '\0asm', 'a WebAssembly module'],
  [0, '\xff\xfe', 'a text in UTF-16 (if it holds events, save it as UTF-8)'],
  [0, '\xfe\xff', 'a text in UTF-16 (if it holds events, save it as UTF-8)'],
  [0, '<?xml', 'an XML document'],
  [0, '<!DOCTYPE', 'an HTML document'],
];

const PICKLE_PROTOCOL = 0x80;
const PICKLE_END = 0x2e;
const HIGHEST_PICKLE_PROTOCOL = 5;

function startsWith(head: Uint8Array, offset: number, bytes: string): boolean {
  return (
    head.length >= offset + bytes.length &&
    [...bytes].every((each, index) => head[offset + index] === each.charCodeAt(0))
  );
}

function isPickle(head: Uint8Array, lastByte: number | undefined): boolean {
  return (
    head[0] === PICKLE_PROTOCOL && (head[1] ?? 0xff) <= HIGHEST_PICKLE_PROTOCOL && lastByte === PICKLE_END
  );
}

const MATLAB_4_HEADER_BYTES = 20;
const LONGEST_MATLAB_NAME = 64;

/** Level 4 has no signature: five small numbers (MOPT, rows, columns, imaginary part, length of the name), the name. */
function isMatlab4(head: Uint8Array): boolean {
  if (head.length <= MATLAB_4_HEADER_BYTES) {
    return false;
  }
  const view = new DataView(head.buffer, head.byteOffset);
  const [mopt, rows, columns, imaginary, length] = [0, 4, 8, 12, 16].map((at) => view.getUint32(at, true));
  const name = head.subarray(MATLAB_4_HEADER_BYTES, MATLAB_4_HEADER_BYTES + length! - 1);
  return (
    mopt! <= 52 &&
    rows! > 0 &&
    columns! > 0 &&
    imaginary! <= 1 &&
    length! > 1 &&
    length! <= LONGEST_MATLAB_NAME &&
    /^[A-Za-z]\w*$/.test(String.fromCharCode(...name))
  );
}

/** What a text is, or undefined for bytes that are none. */
function textTitle(head: Uint8Array): string | undefined {
  const text = new TextDecoder('utf-8').decode(
    head.subarray(0, head.length - (head.length === HEAD_BYTES ? 3 : 0)),
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary data from text.
  if (/[\0-\x08\x0e-\x1a\ufffd]/.test(text)) {
    return undefined;
  }
  const start = text.trimStart();
  return start.startsWith('{') || start.startsWith('[') ? 'a JSON or similar text file' : 'a text file';
}

/** What a file that is no event recording is, in words that follow "this is". */
export async function titleOfOtherFile(source: ByteSource): Promise<string> {
  if (source.size === 0) {
    return 'an empty file';
  }
  const head = (await source.read(0, HEAD_BYTES)).slice();
  const lastByte = (await source.read(source.size - 1, 1))[0];
  const known = SIGNATURES.find(([offset, bytes]) => startsWith(head, offset, bytes));
  if (known) {
    return known[2];
  }
  if (isMatlab4(head)) {
    return 'a MATLAB file of level 4 (save it with -v7, then it can be read)';
  }
  if (isPickle(head, lastByte)) {
    return 'a Python pickle (such files can run programs when they are read, so they are never opened)';
  }
  if (head.every((byte) => byte === 0)) {
    return 'a file of zero bytes';
  }
  return textTitle(head) ?? 'a binary file of an unknown format';
}
