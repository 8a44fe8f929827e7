import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseCaltechOutlines } from '../../../engine/recordings/labels/caltechOutlines';
import { findLabels } from '../../../engine/recordings/labels/findLabels';
import { parseGestureLabels } from '../../../engine/recordings/labels/gestureLabels';

const BOX = [2, 4, 10, 20, 30, 20, 30, 40, 10, 40];
const OBJECT = [2, 3, 1, 2, 3, 4, 5, 6];

function int16(values: readonly number[]): Uint8Array {
  return new Uint8Array(Int16Array.from(values).buffer);
}

describe('labels of DVS128 Gesture', () => {
  it('are intervals with the names of the gestures', () => {
    const labels = parseGestureLabels('class,startTime_usec,endTime_usec\r\n1,100,200\r\n11,150,400\r\n');
    assert.deepEqual(labels, [
      { kind: 'interval', name: '1 hand clapping', from: 100, to: 200 },
      { kind: 'interval', name: '11 other gestures', from: 150, to: 400 },
    ]);
  });

  it('leave out lines that are none', () => {
    assert.deepEqual(parseGestureLabels('a,b,c\n2,5\n3,9,1\n\n'), []);
  });
});

describe('annotations of N-Caltech101', () => {
  it('are the outlines of box and object', () => {
    const [box, object] = parseCaltechOutlines(int16([...BOX, ...OBJECT]));
    assert.deepEqual(box?.points, [
      [10, 20],
      [30, 20],
      [30, 40],
      [10, 40],
    ]);
    assert.deepEqual(object?.points, [
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  it('end where the data end', () => {
    assert.equal(parseCaltechOutlines(int16([...BOX, 2, 100, 1])).length, 1);
    assert.deepEqual(parseCaltechOutlines(new Uint8Array([1])), []);
    assert.deepEqual(parseCaltechOutlines(int16([3, 4, 1, 1])), []);
  });
});

describe('labels beside a recording', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-labels-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('are found where DVS128 Gesture keeps them', async () => {
    await writeFile(path.join(folder, 'user01_natural_labels.csv'), 'class,a,b\n8,1,2\n');
    const [found] = await findLabels(path.join(folder, 'user01_natural.aedat'));
    assert.equal(found?.source, 'user01_natural_labels.csv');
    assert.equal(found?.labels[0]?.name, '8 arm roll');
  });

  it('are found where N-Caltech101 keeps them', async () => {
    const annotations = path.join(folder, 'Caltech101_annotations', 'ant');
    await mkdir(annotations, { recursive: true });
    await writeFile(path.join(annotations, 'annotation_0007.bin'), int16(BOX));
    const [found] = await findLabels(path.join(folder, 'Caltech101', 'ant', 'image_0007.bin'));
    assert.equal(found?.source, 'annotation_0007.bin');
  });

  it('are none for other recordings', async () => {
    assert.deepEqual(await findLabels(path.join(folder, 'other.raw')), []);
  });
});
