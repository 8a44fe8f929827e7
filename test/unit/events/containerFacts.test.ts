import assert from 'node:assert/strict';
import { zipSync } from 'fflate';
import { SpikeBridgeError } from '../../../engine/errors';
import type { OpenOptions } from '../../../engine/events/recording';
import { sampleEvents } from '../../tools/containerFormats';
import { encodeAedat4 } from '../../tools/containers/aedat4File';
import { dsecFile, mvsecFile, otherHdf5 } from '../../tools/containers/hdf5File';
import { matOf } from '../../tools/containers/matFile';
import { npyFile } from '../../tools/containers/numpyFile';
import { decodeBytes, openBytes } from '../../tools/recordings';

const rows = sampleEvents(2000);
const text = (content: string) => new TextEncoder().encode(content);

async function refusal(bytes: Uint8Array, options: OpenOptions = {}): Promise<SpikeBridgeError> {
  const error = await decodeBytes(bytes, options).then(
    () => assert.fail('the file was opened'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SpikeBridgeError, String(error));
  return error;
}

describe('what containers tell', () => {
  it('AEDAT4: size, source, counts and times of the data table, triggers beside the events', async () => {
    const options = {
      compression: 'LZ4',
      withTable: true,
      rowsPerPacket: 500,
      width: 346,
      height: 260,
    } as const;
    const recording = await openBytes(await encodeAedat4(rows, options), { stream: '2' });
    const { info, tracks } = recording;
    assert.deepEqual(info.size, { value: { width: 346, height: 260 }, how: 'header, stream 2' });
    assert.equal(info.sensor?.value, 'DVS & test');
    assert.deepEqual(info.eventCount, { value: 2000, how: 'data table' });
    assert.deepEqual(info.timeRange?.value, { first: rows[0]![0], last: rows.at(-1)![0] });
    assert.deepEqual(
      tracks.map(({ kind, count }) => [kind, count]),
      [['trigger', 4]],
    );
    const times: number[] = [];
    for await (const { t } of tracks[0]!.samples(rows[500]![0], rows[1500]![0])) {
      times.push(t);
    }
    assert.deepEqual(times, [rows[500]![0], rows[1000]![0]]);
    await recording.close();
  });

  it('HDF5: sizes of known layouts only where the events fit, both streams, pictures', async () => {
    const dsec = await openBytes(await dsecFile(rows));
    assert.deepEqual(dsec.info.size, { value: { width: 640, height: 480 }, how: 'layout of DSEC' });
    await dsec.close();
    const mvsec = await openBytes(await mvsecFile(rows, 3), { stream: 'davis/right/events' });
    assert.deepEqual(mvsec.info.streams, ['davis/left/events', 'davis/right/events']);
    assert.equal(mvsec.info.stream, 'davis/right/events');
    const times: number[] = [];
    for await (const sample of mvsec.tracks[0]!.samples(1e6, 3e6)) {
      assert.ok(sample.kind === 'frame' && sample.width === 4 && sample.height === 3);
      times.push(sample.t);
    }
    assert.deepEqual(times, [1_500_000, 2_500_000]);
    await mvsec.close();
  });

  it('text: columns and unit by names, by values, and as the user says', async () => {
    const named = await decodeBytes(text('polarity;y;x;t[ms]\n1;2;3;0.5\n0;4;5;1.25\n'));
    assert.deepEqual(named.rows, [
      [500, 3, 2, 1],
      [1250, 5, 4, 0],
    ]);
    const told = await decodeBytes(text('7 8 9 1\n7 8 10 0\n'), { columns: 'xytp', timeUnit: 'ms' });
    assert.deepEqual(told.rows, [
      [9000, 7, 8, 1],
      [10_000, 7, 8, 0],
    ]);
    const sized = await decodeBytes(
      text('# made by hand\n640 480\n1506119776.000123456 5 6 1\n1506119777.5 7 8 0\n'),
    );
    assert.deepEqual(sized.info.size, { value: { width: 640, height: 480 }, how: 'first line' });
    assert.deepEqual(sized.rows, [
      [1_506_119_776_000_123, 5, 6, 1],
      [1_506_119_777_500_000, 7, 8, 0],
    ]);
  });

  it('text: lines that are no rows are left out with their place', async () => {
    const { rows: found, warnings } = await decodeBytes(
      text('10 2 3 1\n# note\nbroken line\n50 6 7 0\n80 9 10 1\n'),
    );
    assert.deepEqual(
      found.map(([t]) => t),
      [10, 50, 80],
    );
    assert.deepEqual(
      warnings.map(({ byteOffset, count }) => [byteOffset, count]),
      [[16, 1]],
    );
  });

  it('refuses what holds no events with words that say what it is', async () => {
    const pickled = npyFile("'|O'", '()', Uint8Array.of(0x80, 3));
    assert.match((await refusal(pickled)).message, /pickled Python objects/);
    const boxes =
      "[('ts', '<u8'), ('x', '<f4'), ('y', '<f4'), ('w', '<f4'), ('h', '<f4'), ('class_id', '|u1')]";
    assert.match((await refusal(npyFile(boxes, '(1,)', new Uint8Array(25)))).message, /bounding boxes/);
    assert.match(
      (await refusal(npyFile("'<f4'", '(2, 3, 4)', new Uint8Array(96)))).message,
      /shape \(2, 3, 4\)/,
    );
    assert.match((await refusal(zipSync({ 'a/readme.md': text('hello') }))).message, /a\/readme\.md/);
    assert.match((await refusal(await otherHdf5())).message, /\/images \(5 x 3 x 4\)/);
    assert.match((await refusal(matOf({ spiketrain: [1, 2] }))).message, /ST-MNIST/);
    assert.match((await refusal(matOf({ feature: [1], edge: [1] }))).message, /NVS2Graph/);
    assert.match((await refusal(matOf({ a: [1, 2] }))).message, /a \(double 2 x 1\)/);
    const labels = text('class,startTime_usec,endTime_usec\n1,53036986,59508469\n2,64889467,73697045\n');
    assert.match((await refusal(labels)).message, /labels of a DVS128 Gesture recording/);
  });

  it('asks where values do not tell the columns, and for streams that are not there', async () => {
    const same = npyFile("'<i4'", '(3, 4)', new Uint8Array(48));
    assert.equal((await refusal(same)).category, 'usage');
    assert.equal((await refusal(same, { columns: 'txy' })).category, 'usage');
    assert.equal((await decodeBytes(same, { columns: 'txyp' })).rows.length, 3);
    const options = {
      compression: 'none',
      withTable: false,
      rowsPerPacket: 500,
      width: 9,
      height: 9,
    } as const;
    const error = await refusal(await encodeAedat4(rows, options), { stream: '7' });
    assert.equal(error.category, 'usage');
    assert.match(error.nextStep, /2/);
  });
});
