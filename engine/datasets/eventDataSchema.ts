import { z } from 'zod';

const positiveInteger = z.int().min(1);

const folder = (what: string) =>
  z.string().min(1).describe(`${what} Relative paths start at this file's folder.`);

/** A part of a data set, for trials and sweeps. */
const selection = {
  classes: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Only these classes, in the order of the data set (ours). Default: all that are there.'),
  perClass: positiveInteger
    .optional()
    .describe(
      'Of each class, only the first so many recordings, before they are divided (ours). Default: all.',
    ),
};

const recordingSelectionSchema = z
  .strictObject({
    split: z.enum(['Train', 'Test']).describe('Folder of the official N-MNIST layout.'),
    from: positiveInteger
      .optional()
      .describe('First recording number (inclusive); file 00001.bin is number 1.'),
    to: positiveInteger.optional().describe('Last recording number (inclusive).'),
    perClass: positiveInteger
      .optional()
      .describe('Of each class, only the first so many recordings in number order. Default: all.'),
  })
  .describe('A choice of recordings.');

const nmnistSchema = z
  .strictObject({
    format: z.literal('n-mnist').describe('On-disk layout: Train|Test/<digit>/<number>.bin'),
    folder: folder('Folder of the data set.'),
    train: z
      .array(recordingSelectionSchema)
      .min(1)
      .default([{ split: 'Train' }])
      .describe('Training recordings.'),
    test: z
      .array(recordingSelectionSchema)
      .min(1)
      .default([{ split: 'Test' }])
      .describe('Test recordings; they must not overlap the training recordings.'),
  })
  .describe('N-MNIST (methods.md 3.1): 34 x 34 pixels, the official split.');

const timeOrigin = z
  .enum(['zero', 'first-event'])
  .describe(
    'What times count from before windows are cut. zero: as recorded, windows of floor(last time / T) (methods.md 3.2); first-event (ours): the first event, for clocks that do not begin with the recording.',
  );

const ncaltech101Schema = z
  .strictObject({
    format: z.literal('n-caltech101').describe('On-disk layout: Caltech101/<class>/image_XXXX.bin'),
    folder: folder('The folder Caltech101, or the one it lies in.'),
    ...selection,
  })
  .describe(
    'N-Caltech101 (methods.md 3.1): 101 classes with BACKGROUND_Google, the smallest x and y of each recording subtracted, each recording its own size.',
  );

const cepDvsSchema = z
  .strictObject({
    format: z.literal('cep-dvs').describe('On-disk layout: pathFile.csv and data/MAT/img/NNNNN.mat'),
    folder: folder('The folder with pathFile.csv.'),
    ...selection,
  })
  .describe('CEP-DVS (methods.md 3.1): 20 classes of 500 recordings, each recording its own size.');

const nomniglotSchema = z
  .strictObject({
    format: z
      .literal('n-omniglot')
      .describe('On-disk layout: dvs_background|dvs_evaluation/<alphabet>/characterNN/NNNN.aedat4 and .csv'),
    folder: folder('The folder with dvs_background and dvs_evaluation.'),
    ...selection,
  })
  .describe(
    'N-Omniglot (methods.md 3.1, 3.2): 1,623 characters of 20 drawings, class <alphabet>/characterNN, its own rule of frames (frequency). Characters are sorted by name (methods.md 3.5).',
  );

const cifar10DvsSchema = z
  .strictObject({
    format: z
      .literal('cifar10-dvs')
      .describe('On-disk layout: <class>/*.aedat (version 1, AEDAT 2.0) or <class>/*.aedat4 (version 2)'),
    folder: folder('The folder with the ten class folders, or the one it lies in.'),
    transpose: z
      .boolean()
      .optional()
      .describe(
        'Exchange x and y of what the codec gives. Default: yes for version 1 (x = 127 - y_raw, y = 127 - x_raw, p = 1 - p_raw; methods.md 3.1), no for version 2, which tonic takes as it is.',
      ),
    timeOrigin: timeOrigin.default('zero'),
    ...selection,
  })
  .describe('CIFAR10-DVS (methods.md 3.1): 10 classes of 1,000 recordings, 128 x 128 pixels.');

const gestureSchema = z
  .strictObject({
    format: z
      .literal('dvs128-gesture')
      .describe(
        'On-disk layout: DvsGesture/userNN_<light>.aedat, userNN_<light>_labels.csv, trials_to_train.txt, trials_to_test.txt',
      ),
    folder: folder('The folder DvsGesture, or the one it lies in.'),
    timeOrigin: timeOrigin.default('first-event'),
    ...selection,
  })
  .describe(
    'DVS128 Gesture: one sample per row of the labels, startTime <= t < endTime, 11 classes, the official split by users. Recordings only: it has no images. Times count from the first event of a sample (ours): the clock runs through all gestures of a file.',
  );

const ncarsSchema = z
  .strictObject({
    format: z
      .literal('n-cars')
      .describe('On-disk layout: n-cars_train|n-cars_test/{background,cars}/obj_NNNNNN_td.dat'),
    folder: folder('The folder with n-cars_train and n-cars_test.'),
    timeOrigin: timeOrigin.default('first-event'),
    ...selection,
  })
  .describe(
    'N-Cars: background 0, cars 1, the official split, each recording its own size (ours: files state none). Recordings only: it has no images.',
  );

const turned = (what: string) => z.boolean().default(false).describe(what);

const foldersSchema = z
  .strictObject({
    format: z
      .literal('folders')
      .describe(
        'Your own recordings: <class>/<any name>, of any format that the editor of recordings opens.',
      ),
    folder: folder('The folder with one folder per class.'),
    sensor: z
      .strictObject({
        width: z.int().min(1).max(4096).describe('Pixels.'),
        height: z.int().min(1).max(4096).describe('Pixels.'),
      })
      .optional()
      .describe(
        'Size of the sensor. Default: of each recording its own, max x + 1 and max y + 1 (methods.md 3.2).',
      ),
    transpose: turned('Exchange x and y, before flips.'),
    flipX: turned('Mirror left and right; needs `sensor` where files state no size.'),
    flipY: turned('Mirror top and bottom; needs `sensor` where files state no size.'),
    invertPolarity: turned('Exchange ON and OFF.'),
    columns: z
      .string()
      .min(1)
      .optional()
      .describe('Columns of text or arrays by role, for example txyp. Default: found from the values.'),
    timeUnit: z
      .enum(['s', 'ms', 'us', 'ns'])
      .optional()
      .describe('Unit of times where files do not tell it. Default: found from the values.'),
    timeOrigin: timeOrigin.default('first-event'),
    ...selection,
  })
  .describe('Recordings in one folder per class (ours); class = folder name.');

/** `data.events` of a run configuration. */
export const eventDataSchema = z
  .discriminatedUnion('format', [
    nmnistSchema,
    ncaltech101Schema,
    cepDvsSchema,
    nomniglotSchema,
    cifar10DvsSchema,
    gestureSchema,
    ncarsSchema,
    foldersSchema,
  ])
  .describe('Event recordings (the target domain). A teacher takes only its classes from them.');

export type EventDataConfiguration = z.output<typeof eventDataSchema>;
export type EventFormat = EventDataConfiguration['format'];
/** `data.events` of one format. */
export type EventDataOf<Format extends EventFormat> = Extract<EventDataConfiguration, { format: Format }>;
export type RecordingSelection = z.output<typeof recordingSelectionSchema>;
export type TimeOrigin = z.output<typeof timeOrigin>;
