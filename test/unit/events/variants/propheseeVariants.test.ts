import type { EventRow } from '../../../tools/recordings';
import { encodeDat, encodeEvt2, encodeEvt3, encodeEvt21 } from '../../../tools/wordEncoders';
import { describeVariants, joined, text, type Variant } from './variant';

const ROWS: readonly EventRow[] = [
  [4096, 10, 20, 1],
  [4100, 30, 40, 0],
  [90_000, 600, 400, 1],
];
const VGA = { width: 640, height: 480 };
const HD = { width: 1280, height: 720 };

/** What follows the last header line. */
function wordsOf(file: Uint8Array): Uint8Array {
  let end = 0;
  while (file[end] === 0x25) {
    end = file.indexOf(0x0a, end) + 1;
  }
  return file.subarray(end);
}

const EVT2 = wordsOf(encodeEvt2(ROWS));
const EVT21 = wordsOf(encodeEvt21(ROWS, 'little'));
const EVT3 = wordsOf(encodeEvt3(ROWS));
/** Words of the other byte order. */
const reversed = (words: Uint8Array, wordBytes: number) =>
  words.map((_, index) => words[index - (index % wordBytes) + wordBytes - 1 - (index % wordBytes)]!);
const DAT_RECORDS = wordsOf(encodeDat(ROWS, 2));
const u32 = (value: number) => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
const u16 = (value: number) => [value & 0xff, value >>> 8];

function raw(name: string, header: string, words: Uint8Array, more: Partial<Variant> = {}): Variant {
  return { name, bytes: () => joined(text(header), words), file: 'a.raw', rows: ROWS, ...more };
}

describeVariants('Prophesee RAW', [
  raw(
    'Metavision 4: format with height first',
    '% camera_integrator_name Prophesee\n% date 2023-03-29 16:37:46\n% evt 3.0\n% format EVT3;height=720;width=1280\n% generation 4.2\n% geometry 1280x720\n% integrator_name Prophesee\n% plugin_integrator_name Prophesee\n% plugin_name hal_plugin_prophesee\n% sensor_generation 4.2\n% serial_number 00000132\n% system_ID 49\n% end\n',
    EVT3,
    { size: HD, version: 'EVT 3.0' },
  ),
  raw(
    'Metavision 2: keys before the format key',
    '% Date 2020-09-04 13:18:02\n% evt 3.0\n% firmware_version 3.3.0\n% integrator_name Prophesee\n% plugin_name hal_plugin_gen41_evk3\n% serial_number 00001495\n% subsystem_ID 537919488\n% system_ID 48\n',
    EVT3,
    { size: HD },
  ),
  raw(
    'Gen3 with evt 2.0 and system_ID alone',
    '% Date 2014-02-28 13:37:42\n% evt 2.0\n% system_ID 21\n',
    EVT2,
    { size: VGA },
  ),
  raw(
    'a header in CRLF',
    '% evt 3.0\r\n% format EVT3;height=720;width=1280\r\n% geometry 1280x720\r\n% end\r\n',
    EVT3,
    { size: HD },
  ),
  raw('keys without a blank behind the percent sign', '%evt 3.0\n%geometry 1280x720\n%end\n', EVT3, {
    size: HD,
  }),
  raw('tabs and blanks around values', '% evt\t3.0 \n% geometry  1280x720 \n% end\n', EVT3, { size: HD }),
  raw('evt without a fraction', '% evt 3\n% geometry 1280x720\n% end\n', EVT3, { size: HD }),
  raw('format in small letters with width first', '% format evt3;width=640;height=480\n% end\n', EVT3, {
    size: VGA,
  }),
  raw('format with a version number', '% format EVT3.0;height=480;width=640\n% end\n', EVT3, { size: VGA }),
  raw(
    'GenX320: square sensor',
    '% evt 3.0\n% format EVT3;height=320;width=320\n% geometry 320x320\n% sensor_name GenX320\n% end\n',
    EVT3,
    { size: { width: 320, height: 320 }, rows: ROWS.slice(0, 2), warning: /outside the 320 x 320/ },
  ),
  raw(
    'EVT2.1 with endianness in the format',
    '% format EVT21;endianness=little;height=480;width=640\n% end\n',
    EVT21,
    { size: VGA, version: 'EVT 2.1 (little endian)' },
  ),
  raw('EVT2 in big endian', '% evt 2.0\n% endianness big\n% geometry 640x480\n% end\n', reversed(EVT2, 4), {
    size: VGA,
    version: 'EVT 2.0 (big endian)',
  }),
  raw(
    'EVT2.1 in big endian',
    '% format EVT21;endianness=big;height=480;width=640\n% end\n',
    reversed(EVT21, 8),
    {
      size: VGA,
      version: 'EVT 2.1 (big endian)',
    },
  ),
  raw('EVT3 in big endian', '% evt 3.0\n% endianness BIG\n% geometry 640x480\n% end\n', reversed(EVT3, 2), {
    size: VGA,
    version: 'EVT 3.0 (big endian)',
  }),
  {
    ...raw('EVT2 in big endian that ends inside a word', '', EVT2),
    bytes: () => joined(text('% evt 2.0\n% endianness big\n% end\n'), reversed(EVT2, 4).subarray(0, -2)),
    rows: ROWS.slice(0, 2),
    warning: /ends inside an event word/,
  },
  raw('EVT2 in an unknown byte order', '% evt 2.0\n% endianness middle\n% end\n', EVT2, {
    refused: /byte order \(endianness\) "middle"/,
  }),
  raw('EVT2.1 whose header says the wrong order', '% format EVT21;endianness=legacy\n% end\n', EVT21, {
    version: 'EVT 2.1 (little endian)',
  }),
  raw('EVT2.1 in an unknown byte order', '% format EVT21;endianness=mixed\n% end\n', EVT21, {
    refused: /byte order \(endianness\) "mixed"/,
  }),
  raw('EVT2.1 as evt 2.1', '% evt 2.1\n% geometry 640x480\n% end\n', EVT21, { size: VGA }),
  raw(
    'a header line with nothing but a key',
    '% evt 3.0\n% serial_number\n% geometry 640x480\n% end\n',
    EVT3,
    { size: VGA },
  ),
  raw('a blank header line', '% evt 3.0\n%\n% geometry 640x480\n% end\n', EVT3, { size: VGA }),
  raw('a geometry in capitals', '% evt 3.0\n% geometry 640X480\n% end\n', EVT3, { size: VGA }),
  raw('EVT3 without a header, by its words', '', EVT3, { version: 'EVT 3.0' }),
  raw('EVT2 without a header, by its words', '', EVT2, { version: 'EVT 2.0' }),
  raw('EVT4 by name', '% evt 4.0\n% format EVT4;height=720;width=1280\n% end\n', EVT3, {
    rows: undefined,
    refused: /EVT4/,
  }),
  raw('AER-8b by name', '% format AER-8b;height=64;width=64\n% end\n', EVT3, {
    rows: undefined,
    refused: /AER-8b/,
  }),
]);

describeVariants('EVT words', [
  raw(
    'EVT2 with triggers, IMU, OTHERS and CONTINUED words between events',
    '% evt 2.0\n% geometry 640x480\n% end\n',
    joined(
      EVT2.subarray(0, 8),
      u32(0xa0000101),
      u32(0xd0000001),
      u32(0xf0001234),
      u32(0xe0000014),
      u32(0xf0000003),
      EVT2.subarray(8),
    ),
  ),
  raw(
    'EVT3 with OTHERS, CONTINUED and EM row words between events',
    '% evt 3.0\n% geometry 640x480\n% end\n',
    joined(
      EVT3.subarray(0, 4),
      u16(0xe014),
      u16(0xf003),
      u16(0xf000),
      u16(0x7001),
      u16(0x1022),
      u16(0xa101),
      EVT3.subarray(4),
    ),
  ),
  raw(
    'a master/slave bit in EVT3 rows',
    '% evt 3.0\n% geometry 640x480\n% end\n',
    Uint8Array.from([...u16(0x8001), ...u16(0x6000), ...u16(0x0814), ...u16(0x280a)]),
    { rows: [[4096, 10, 20, 1]] },
  ),
  raw('a file that ends inside a word', '% evt 3.0\n% geometry 640x480\n% end\n', joined(EVT3, [0x12]), {
    warning: /ends inside/,
  }),
]);

const dat = (name: string, header: string, more: Partial<Variant> = {}): Variant =>
  raw(name, header, DAT_RECORDS, { file: 'a_td.dat', ...more });

describeVariants('Prophesee DAT', [
  dat(
    'Gen1: no width and height',
    '% Data file containing TD events.\n% Version 2\n% Date 2017-01-01 00:00:00\n',
    { size: undefined, version: '2' },
  ),
  dat('width and height', '% Data file containing CD events.\n% Version 2\n% Height 240\n% Width 304\n', {
    size: { width: 304, height: 240 },
    rows: ROWS.slice(0, 2),
  }),
  dat(
    'an end line and small letters',
    '% data file containing cd events\n% version 2\n% height 480\n% width 640\n% end\n',
    { size: VGA },
  ),
  dat(
    'a header in CRLF',
    '% Data file containing CD events.\r\n% Version 2\r\n% Height 480\r\n% Width 640\r\n',
    { size: VGA },
  ),
  dat('geometry instead of width and height', '% Version 2\n% geometry 640x480\n% end\n', { size: VGA }),
  dat('no header at all', '', {}),
]);
