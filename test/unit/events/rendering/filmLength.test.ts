import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { openRecordingFile } from '../../../../engine/events/openRecordingFile';
import { PICTURE_COLORS } from '../../../../engine/events/rendering/pictureColors';
import { type RenderOptions, renderRecording } from '../../../../engine/events/rendering/renderRecording';
import { type RecordingFolder, recordingFolder } from '../recordingFolder';

describe('the length of films', () => {
  let folder: RecordingFolder;
  beforeEach(async () => {
    folder = await recordingFolder();
  });
  afterEach(() => folder.remove());

  it('is refused where it takes too many pictures, before any is drawn', async () => {
    const far = folder.file('far.csv');
    const late = folder.file('late.csv');
    await writeFile(far, 't_us,x,y,p\n0,1,1,1\n1,2,2,1\n36000000000,3,3,1\n');
    await writeFile(late, 't_us,x,y,p\n0,1,1,1\n9007199254740000,2,2,1\n2,3,3,1\n');
    const reports: number[] = [];
    const draw = async (file: string, options: Partial<RenderOptions> = {}) => {
      const recording = await openRecordingFile(file);
      try {
        const target = folder.file('b.gif');
        const progress = (share: number) => reports.push(share);
        const size = { width: 8, height: 8 };
        return await renderRecording(recording, {
          ...{ target, size, progress, colors: PICTURE_COLORS.gray, framesPerSecond: 25, speed: 1 },
          ...options,
        });
      } finally {
        await recording.close();
      }
    };
    await assert.rejects(draw(far), /a film of 900001 pictures: a GIF has 250000 at most/);
    assert.deepEqual(reports, []);
    await assert.rejects(draw(late), /a film of 225179981369 pictures/);
    const filters = [{ name: 'CropTime' as const, max: 1_000_000 }];
    assert.equal((await draw(far, { filters })).pictures, 1);
    assert.equal((await draw(far, { speed: 9000, replace: true })).pictures, 101);
  });
});
