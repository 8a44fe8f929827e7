import { z } from 'zod';

/** `data.images` of a run configuration. */
export const imageDataSchema = z
  .strictObject({
    format: z
      .literal('mnist')
      .describe('idx files, plain or gzip: <split>-images-idx3-ubyte[.gz] and -labels-'),
    folder: z
      .string()
      .min(1)
      .describe("Folder of the idx files; relative paths start at this file's folder."),
    split: z
      .enum(['train', 't10k'])
      .default('train')
      .describe('Which of the two MNIST sets to take images from.'),
    from: z.int().min(0).optional().describe('First image index (inclusive), counted from 0. Default: 0.'),
    to: z.int().min(0).optional().describe('Last image index (inclusive). Default: the last image.'),
  })
  .describe('Static images (the source domain).');

export type ImageDataConfiguration = z.output<typeof imageDataSchema>;
