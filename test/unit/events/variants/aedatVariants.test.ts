import { type Aedat4Options, encodeAedat4 } from '../../../tools/containers/aedat4File';
import type { EventRow } from '../../../tools/recordings';
import {
  encodeAedat1,
  encodeAedat2Davis,
  encodeAedat2Dvs128,
  encodeAedat3,
  encodeAtis,
  encodeEs,
  jaerRecord,
} from '../../../tools/wordEncoders';
import { realisticEvents } from './realisticEvents';
import { describeVariants, joined, text, type Variant } from './variant';

const ROWS = realisticEvents(1_000_000).map(([t, x, y, p]): EventRow => [t, x % 128, y % 128, p]);
const DVS128 = { width: 128, height: 128 };
const DAVIS240 = { width: 240, height: 180 };

/** What follows the lines that begin with #. */
function records(file: Uint8Array): Uint8Array {
  let end = 0;
  while (file[end] === 0x23) {
    end = file.indexOf(0x0a, end) + 1;
  }
  return file.subarray(end);
}

const DVS_RECORDS = records(encodeAedat2Dvs128(ROWS));
const DAVIS_RECORDS = records(encodeAedat2Davis(ROWS));
const V2 = '#!AER-DAT2.0\r\n';

function aedat2(name: string, header: string, bytes: Uint8Array, more: Partial<Variant> = {}): Variant {
  return { name, rows: ROWS, bytes: () => joined(text(header), bytes), ...more };
}

describeVariants('AEDAT 2.0', [
  aedat2(
    'jAER of 2008: no chip is named',
    `${V2}# This is a raw AE data file - do not edit\r\n# Data format is int32 address, int32 timestamp (8 bytes total), repeated for each event\r\n# Timestamps tick is 1 us\r\n# created Mon Jul 07 17:27:57 CEST 2008\r\n`,
    DVS_RECORDS,
    { size: DVS128 },
  ),
  aedat2(
    'CIFAR10-DVS: DVS128 by its class',
    `${V2}# This is a raw AE data file - do not edit\r\n# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128\r\n`,
    DVS_RECORDS,
    { size: DVS128 },
  ),
  aedat2('line feeds alone', V2.replace('\r', ''), DVS_RECORDS),
  aedat2(
    'a header that ends with its own line',
    `${V2}# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128\r\n#End Of ASCII Header\r\n`,
    DVS_RECORDS,
  ),
  aedat2(
    'a DAVIS240C of the first classes',
    `${V2}# AEChip: eu.seebetter.ini.chips.sbret10.SBret10\r\n`,
    DAVIS_RECORDS,
    { size: DAVIS240 },
  ),
  aedat2(
    'a DAVIS240 in the middle of a class name',
    `${V2}# AEChip: eu.seebetter.ini.chips.davis.DAViS240\r\n`,
    DAVIS_RECORDS,
    { size: DAVIS240 },
  ),
  aedat2(
    'a chip that only the hardware line tells',
    `${V2}# HardwareInterface: DAVIS240C\r\n`,
    DAVIS_RECORDS,
    { size: DAVIS240 },
  ),
  aedat2('a chip without a package name', `${V2}# AEChip: DAVIS240C\r\n`, DAVIS_RECORDS, { size: DAVIS240 }),
  aedat2('DAVIS addresses without a chip, with the size from the user', V2, DAVIS_RECORDS, {
    options: { size: DAVIS240 },
  }),
  aedat2(
    'v2e: DAVIS addresses without a chip',
    `${V2}# This is a raw AE data file created by AEDat2Output in v2e\r\n# Timestamps tick is 1 us\r\n`,
    DAVIS_RECORDS,
    { size: DAVIS240 },
  ),
  aedat2(
    'addresses of an unknown chip, asking for the size',
    V2,
    DAVIS_RECORDS.map((byte, index) => (index % 8 === 3 ? byte | 1 : byte)),
    { refused: /too large for a DVS128/ },
  ),
  aedat2(
    'frames and IMU words between events',
    `${V2}# AEChip: eu.seebetter.ini.chips.davis.DAVIS240C\r\n`,
    joined(
      DAVIS_RECORDS.subarray(0, 80),
      jaerRecord(0x80000012, 1),
      jaerRecord(0x80000412, 2),
      jaerRecord(0x80000c00, 3),
      DAVIS_RECORDS.subarray(80),
    ),
  ),
  aedat2('cochleas by name', `${V2}# AEChip: ch.unizh.ini.jaer.chip.cochlea.CochleaAMS1c\r\n`, DVS_RECORDS, {
    refused: /audio sensor/,
  }),
]);

describeVariants('AEDAT 1.0 and 3', [
  { name: '1.0', rows: ROWS, bytes: () => encodeAedat1(ROWS) },
  {
    name: '1.0 without its version line',
    rows: ROWS,
    bytes: () => joined(text('# This is a raw AE data file - do not edit\r\n'), records(encodeAedat1(ROWS))),
  },
  { name: '3.1', rows: ROWS, bytes: () => encodeAedat3(ROWS) },
  { name: '3.0 by name', refused: /version 3\.0/, bytes: () => text('#!AER-DAT3.0\r\n#Format: RAW\r\n') },
  {
    name: '3.1 with serialised time stamps by name',
    refused: /SerializedTS/,
    bytes: () => text('#!AER-DAT3.1\r\n#Format: SerializedTS\r\n#!END-HEADER\r\n'),
  },
]);

const OPTIONS: Aedat4Options = { compression: 'LZ4', withTable: true, rowsPerPacket: 300, ...DVS128 };

function aedat4(name: string, options: Partial<Aedat4Options>, more: Partial<Variant> = {}): Variant {
  return { name, rows: ROWS, bytes: () => encodeAedat4(ROWS, { ...OPTIONS, ...options }), ...more };
}

describeVariants('AEDAT 4.0', [
  aedat4('DV: LZ4 with a table', {}, { size: DVS128 }),
  aedat4('LZ4 high', { compression: 'LZ4 high' }),
  aedat4('ZSTD', { compression: 'ZSTD' }),
  aedat4('ZSTD high', { compression: 'ZSTD high' }),
  aedat4('no compression', { compression: 'none' }),
  aedat4('no table: the recorder was broken off', { withTable: false }),
  aedat4('one packet for all events', { rowsPerPacket: 10_000 }),
  aedat4('a header without any description', { xml: '' }),
  aedat4('a description in one line without sizes', {
    xml: '<dv version="2.0"><node name="outInfo" path="/mainloop/output_file/outInfo/"><node name="2"><attr key="compression" type="string">LZ4</attr><attr key="originalModuleName" type="string">accumulator</attr><attr key="typeIdentifier" type="string">EVTS</attr></node></node></dv>',
  }),
  aedat4(
    'evutils: sizes beside the type of a stream',
    {
      xml: '<?xml version="1.0" encoding="UTF-8"?><node name="info"><node name="2"><attr key="typeIdentifier" type="string">EVTS</attr><attr key="sizeX" type="int">346</attr><attr key="sizeY" type="int">260</attr></node></node>',
    },
    { size: { width: 346, height: 260 } },
  ),
  aedat4('a stream that the user names', {}, { options: { stream: '2' } }),
  aedat4('a stream that is not there', {}, { options: { stream: '7' }, refused: /no stream "7"/ }),
]);

/** One in 20 events is 1 ms late. */
const LATE_ROWS = ROWS.map(([t, ...rest], index): EventRow => [t + (index % 20 === 7 ? 1000 : 0), ...rest]);

describeVariants('ATIS and Event Stream', [
  { name: 'N-MNIST', file: '00002.bin', rows: ROWS, bytes: () => encodeAtis(ROWS) },
  { name: 'SLAYER', file: '1.bs2', rows: ROWS, bytes: () => encodeAtis(ROWS) },
  { name: 'events out of order', file: '3.bin', rows: LATE_ROWS, bytes: () => encodeAtis(LATE_ROWS) },
  {
    name: 'out of order without the name',
    file: '3.data',
    refused: /unknown format/,
    bytes: () => encodeAtis(LATE_ROWS),
  },
  {
    name: 'overflow markers',
    file: 'long.bin',
    rows: ROWS.map(([t, ...rest]): EventRow => [t + 9_000_000, ...rest]),
    bytes: () => encodeAtis(ROWS.map(([t, ...rest]): EventRow => [t + 9_000_000, ...rest])),
  },
  {
    name: 'Event Stream 2.0.0 of a DVS',
    rows: ROWS.map(([t, ...rest]): EventRow => [t, ...rest]),
    bytes: () => encodeEs(ROWS, 'dvs'),
  },
  {
    name: 'Event Stream 1.x by its version',
    refused: /version 1\.0\.0/,
    bytes: () => joined(text('Event Stream'), [1, 0, 0, 1, 0x40, 1, 240, 0], new Uint8Array(20)),
  },
]);
