import { z } from 'zod';

const positiveInteger = z.int().min(1);

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

/** `data.events` of a run configuration. */
export const eventDataSchema = z
  .strictObject({
    format: z.literal('n-mnist').describe('On-disk layout: Train|Test/<digit>/<number>.bin'),
    folder: z.string().min(1).describe("Folder of the data set; relative paths start at this file's folder."),
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
  .describe('Event recordings (the target domain). A teacher takes only its classes from them.');

export type EventDataConfiguration = z.output<typeof eventDataSchema>;
export type RecordingSelection = z.output<typeof recordingSelectionSchema>;
