import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { encodeIdxImages, encodeIdxLabels } from '../datasets/idx';
import { SpikeBridgeError } from '../errors';
import { encodeNmnistBin } from '../events/nmnistBin';
import { makeFolder } from '../files/makeFolder';
import { chooseDigits, type DigitChoice, type DigitCounts } from './digitChoice';
import { DIGIT_PIXELS, DIGIT_SIZE, type Digits, readDigits } from './digits';
import { SAMPLE_CONFIGURATIONS, sampleConfigurationText } from './sampleConfigurations';
import { MARKER_FILE, readMarker, removeEarlierSample, type SampleMarker, textHash } from './sampleMarker';
import { type RecordingRig, recordingRig } from './simulateRecording';

/** Options of {@link createSampleData}; every count is per digit. */
export interface SampleOptions extends Partial<DigitCounts> {
  /** Decides digits, sensor and noise. Default: 42. */
  readonly seed?: number;
  /** Called after each recording. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
  /** Default: digits.bin beside the running bundle. */
  readonly digitsFile?: string;
}

/** What {@link createSampleData} wrote. */
export interface SampleSummary {
  /** Absolute. */
  readonly folder: string;
  /** Absolute paths of the run configurations: KTL first, then events-only. */
  readonly configurations: readonly string[];
  readonly trainRecordings: number;
  readonly testRecordings: number;
  readonly images: number;
  /** Whether the folder held earlier sample data, whose files were replaced. */
  readonly replacedEarlier: boolean;
  /** Edited run configurations that were left as they are, relative to the folder. */
  readonly kept: readonly string[];
}

const DEFAULT_COUNTS: DigitCounts = { perClassTrain: 5, perClassTest: 30, perClassImages: 500 };
const DEFAULT_SEED = 42;
const IMAGE_FILE = 'images/train-images-idx3-ubyte';
const LABEL_FILE = 'images/train-labels-idx1-ubyte';

/** One recording to simulate. */
interface PlannedRecording {
  /** Inside the sample folder, with forward slashes. */
  readonly file: string;
  readonly digit: number;
  /** Tells the recording from all others of the sample. */
  readonly index: number;
}

function planRecordings({ train, test }: DigitChoice, { labels }: Digits): PlannedRecording[] {
  const plan = (split: string, digits: readonly number[], firstIndex: number) =>
    digits.map((digit, position) => ({
      file: `events/${split}/${labels[digit]}/${String(position + 1).padStart(5, '0')}.bin`,
      digit,
      index: firstIndex + position,
    }));
  return [...plan('Train', train, 0), ...plan('Test', test, train.length)];
}

function digitPixels(digits: Digits, digit: number): Uint8Array {
  return digits.pixels.subarray(digit * DIGIT_PIXELS, (digit + 1) * DIGIT_PIXELS);
}

function writeFailure(file: string, cause: NodeJS.ErrnoException): SpikeBridgeError {
  if (cause.code === 'EEXIST') {
    return new SpikeBridgeError(
      'usage',
      'a file that is not part of the sample data is in the way',
      'Move the file away, or choose another folder for the sample data.',
      { file },
      { cause },
    );
  }
  return new SpikeBridgeError(
    'data',
    `the sample data cannot be written (${cause.code})`,
    'Free disk space or choose a folder that you may write to, then make the sample data again.',
    { file },
    { cause },
  );
}

/** Writes a file of the sample, with its folder. Only the marker may replace a file. */
async function writeSampleFile(folder: string, name: string, content: Uint8Array | string): Promise<void> {
  const file = path.join(folder, name);
  try {
    await makeFolder(path.dirname(file));
    await writeFile(file, content, { flag: name === MARKER_FILE ? 'w' : 'wx' });
  } catch (cause) {
    throw writeFailure(file, cause as NodeJS.ErrnoException);
  }
}

async function writeRecordings(
  folder: string,
  plan: readonly PlannedRecording[],
  digits: Digits,
  rig: RecordingRig,
  { onProgress, signal }: SampleOptions,
): Promise<void> {
  for (const [position, { file, digit, index }] of plan.entries()) {
    await setImmediate();
    if (signal?.aborted) {
      throw new SpikeBridgeError(
        'cancelled',
        `making sample data was cancelled after ${position} of ${plan.length} recordings`,
        'Make the sample data again in the same folder.',
        { file: folder },
      );
    }
    await writeSampleFile(folder, file, encodeNmnistBin(rig.record(digitPixels(digits, digit), index)));
    onProgress?.({ done: position + 1, total: plan.length });
  }
}

async function writeImages(folder: string, images: readonly number[], digits: Digits): Promise<void> {
  const pixels = new Uint8Array(images.length * DIGIT_PIXELS);
  images.forEach((digit, position) => {
    pixels.set(digitPixels(digits, digit), position * DIGIT_PIXELS);
  });
  const size = { height: DIGIT_SIZE, width: DIGIT_SIZE };
  await writeSampleFile(folder, IMAGE_FILE, encodeIdxImages({ count: images.length, ...size, pixels }));
  const labels = Uint8Array.from(images, (digit) => digits.labels[digit]!);
  await writeSampleFile(folder, LABEL_FILE, encodeIdxLabels(labels));
}

function configurationTexts(trainingRecordings: number): Map<string, string> {
  return new Map(
    SAMPLE_CONFIGURATIONS.map((name) => [name, sampleConfigurationText(name, trainingRecordings)]),
  );
}

function makeMarker(plan: readonly PlannedRecording[], texts: ReadonlyMap<string, string>, seed: number) {
  const files: SampleMarker['files'] = {};
  for (const file of [...plan.map((recording) => recording.file), IMAGE_FILE, LABEL_FILE]) {
    files[file] = '';
  }
  for (const [name, text] of texts) {
    files[name] = textHash(text);
  }
  const about =
    'Sample data of SpikeBridge. The files listed here are replaced when sample data are made again.';
  return { about, complete: false, seed, files };
}

function writeMarker(folder: string, marker: SampleMarker): Promise<void> {
  return writeSampleFile(folder, MARKER_FILE, `${JSON.stringify(marker, undefined, 1)}\n`);
}

/**
 * Makes sample data: simulated event recordings in the official N-MNIST layout (events/), other digits as static
 * images in idx files (images/) and a run configuration each for KTL and events-only.
 * @param target an empty folder, a new one, or one with earlier sample data, whose files are replaced (edited run
 *   configurations stay).
 * @throws SpikeBridgeError (usage) for a folder with other content, a foreign file in
 *   the way, or counts out of range; (data) when writing
 *   fails; (cancelled) on abort. In both latter cases the folder can be used again.
 */
export async function createSampleData(target: string, options: SampleOptions = {}): Promise<SampleSummary> {
  const folder = path.resolve(target);
  const { seed = DEFAULT_SEED } = options;
  const counts: DigitCounts = {
    perClassTrain: options.perClassTrain ?? DEFAULT_COUNTS.perClassTrain,
    perClassTest: options.perClassTest ?? DEFAULT_COUNTS.perClassTest,
    perClassImages: options.perClassImages ?? DEFAULT_COUNTS.perClassImages,
  };
  const earlier = await readMarker(folder);
  const digits = await readDigits(options.digitsFile);
  const choice = chooseDigits(digits, counts, seed);
  const plan = planRecordings(choice, digits);
  const texts = configurationTexts(choice.train.length);
  const marker = makeMarker(plan, texts, seed);

  const kept = earlier ? await removeEarlierSample(folder, earlier) : [];
  await writeMarker(folder, marker);
  await writeRecordings(folder, plan, digits, recordingRig(seed), options);
  await writeImages(folder, choice.images, digits);
  for (const [name, text] of texts) {
    if (!kept.includes(name)) {
      await writeSampleFile(folder, name, text);
    }
  }
  await writeMarker(folder, { ...marker, complete: true });
  return {
    folder,
    configurations: SAMPLE_CONFIGURATIONS.map((name) => path.join(folder, name)),
    trainRecordings: choice.train.length,
    testRecordings: choice.test.length,
    images: choice.images.length,
    replacedEarlier: earlier !== undefined,
    kept,
  };
}
