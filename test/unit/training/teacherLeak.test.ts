import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { divideEvents } from '../../../engine/datasets/dividedEvents';
import type { SplitManifest } from '../../../engine/datasets/manifest';
import { loadPartnerImages } from '../../../engine/datasets/partnerImages';
import { loadTeacherData } from '../../../engine/datasets/teacherData';
import { transferConfigurationSchema } from '../../../engine/training/configurationSchema';
import { type StudentData, teacherLeakWarnings } from '../../../engine/training/teacherLeak';
import { reversedOrder, writeCaltechMiniature } from '../datasets/caltechMiniature';

/** A student of half of the recordings; image 10 of its test photos is held out by a teacher, 12 never trains. */
const HALF = { policy: 'leak-free', trainPortion: 0.5 };

describe('leak through a teacher', function () {
  this.timeout(60_000);
  let root: string;
  let paper: Record<string, string>;

  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'spikebridge-teacher-leak-'));
    await writeCaltechMiniature(root);
    const order = path.join(root, 'order.txt');
    await writeFile(order, reversedOrder());
    paper = { policy: 'paper', order };
  });
  after(() => rm(root, { recursive: true, force: true }));

  function parsed(method: string, split?: object) {
    const data = {
      events: { format: 'n-caltech101', folder: root },
      images: { format: 'caltech101', folder: root },
      cacheFolder: path.join(root, 'cache'),
      ...(split && { split }),
    };
    return transferConfigurationSchema.parse({ method, data, training: { batchPairs: 4, iterations: 1 } });
  }

  async function student(split?: object): Promise<StudentData> {
    const { data, frames } = parsed('ktl', split);
    const rest = { frames, batchPairs: 4, seed: 1, method: 'ktl' as const };
    const divided = await divideEvents(data.events, data.split);
    const { manifest, testPhotos } = (await loadPartnerImages({ ...data, ...rest }, divided, {}))!;
    return { manifest, testPhotos };
  }

  /** A run folder with the split of a teacher. @returns its checkpoint, which is never read. */
  async function teacher(
    name: string,
    split?: object,
    change = (manifest: SplitManifest): object => manifest,
  ) {
    const { data } = parsed('teacher', split);
    const { manifest } = await loadTeacherData({ ...data, size: 16, batch: 4, seed: 1 });
    await mkdir(path.join(root, name, 'checkpoints'), { recursive: true });
    await writeFile(path.join(root, name, 'split.json'), JSON.stringify(change(manifest)));
    return path.join(root, name, 'checkpoints', 'final.safetensors');
  }

  it('is none where the teacher has the split of the student', async () => {
    assert.deepEqual(await teacherLeakWarnings(await teacher('same'), await student()), []);
    const listed = await teacher('same-paper', paper);
    assert.deepEqual(await teacherLeakWarnings(listed, await student(paper)), []);
  });

  it('refuses a teacher of a leak-free student that saw its test photos, naming the first', async () => {
    const file = await teacher('longer', { policy: 'leak-free', trainPortion: 0.9 });
    await assert.rejects(teacherLeakWarnings(file, await student(HALF)), {
      category: 'configuration',
      message:
        /the photos of 12 of 18 test recordings, the first is accordion\/image_0007; a leak-free split/,
    });
  });

  it('warns a student of another split', async () => {
    const file = await teacher('leak-free');
    const [warning, ...others] = await teacherLeakWarnings(
      file,
      await student({ ...paper, trainPortion: 0.5 }),
    );
    assert.match(warning!, /^leak: the teacher was trained on the photos of 18 of 18 test recordings/);
    assert.deepEqual(others, []);
  });

  it('takes the leak that a teacher of other images found itself for one', async () => {
    const file = await teacher('leaking', paper, (manifest) => ({
      ...manifest,
      images: { ...manifest.images, source: 'Photos', sha256: '0' },
    }));
    await assert.rejects(
      teacherLeakWarnings(file, await student()),
      /of its own split, the first is accordion/,
    );
  });

  it('accepts a teacher of fewer images of the student', async () => {
    const file = await teacher('fewer', { policy: 'leak-free', imageRatio: 0.5 });
    assert.deepEqual(await teacherLeakWarnings(file, await student()), []);
  });

  it('says where it cannot know: no split of the run, or other images', async () => {
    const nowhere = path.join(root, 'moved', 'checkpoints', 'final.safetensors');
    assert.match((await teacherLeakWarnings(nowhere, await student()))[0]!, /not known .* no split.json/);
    const { manifest: few } = await student();
    const file = await teacher('elsewhere', paper, (manifest) => ({
      ...manifest,
      images: { ...manifest.images, sha256: '0' },
    }));
    const selected = await teacherLeakWarnings(file, { manifest: few, testPhotos: [] });
    assert.match(selected[0]!, /not known .* photos of 3 of 3 test recordings are not among data.images/);
    const digits: StudentData = {
      manifest: {
        ...few,
        test: [{ ...few.test[0]!, file: 'Test/0/00001.bin' }],
        leak: { ...few.leak!, matchedBy: 'set-index' },
      },
    };
    const train = await teacher('train-part', undefined, (manifest) => ({
      ...manifest,
      images: { ...manifest.images, source: 'train-images', sha256: '0' },
    }));
    const images = { ...few.images!, source: 'train-images' };
    const ofTrain = { manifest: { ...digits.manifest, images } };
    assert.deepEqual(
      await teacherLeakWarnings(train, ofTrain),
      [],
      'the other part of MNIST has no such photo',
    );
    const old = await teacher('old', undefined, (manifest) => ({
      ...manifest,
      images: { ...manifest.images, sha256: '0' },
      trainedImages: undefined,
    }));
    assert.match((await teacherLeakWarnings(old, await student()))[0]!, /did not record its images/);
    const other = await teacher('other', undefined, (manifest) => ({
      ...manifest,
      images: { ...manifest.images, source: 'Photos', sha256: '0' },
    }));
    assert.match((await teacherLeakWarnings(other, await student()))[0]!, /other images \(Photos\)/);
  });
});
