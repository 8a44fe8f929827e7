import { z } from 'zod';
import { STATIC_CHANNELS } from '../images/channel';

const index = z.int().min(0);

function folder(holds: string) {
  return z.string().min(1).describe(`${holds}; relative paths start at this file's folder.`);
}

const channel = z
  .enum(STATIC_CHANNELS)
  .default('value')
  .describe(
    "The network's one plane: value, V of HSV as OpenCV's 8-bit conversion gives it (the largest of red, green and blue; the authors' default), or blue, the last channel of RGB (their --no-use-hsv) (methods.md 3.3).",
  );

const perClass = z
  .int()
  .min(1)
  .optional()
  .describe('Of each class, only the first so many of the selected images. Default: all.');

const classes = z
  .array(z.string().min(1))
  .min(1)
  .optional()
  .describe(
    'Only these classes (ours); must be those of data.events. Images of others are not read. Default: all that are there.',
  );

/** Selection of images by their position inside the class. */
const classSelection = {
  classes,
  from: index
    .optional()
    .describe('First image of each class (inclusive), counted from 0 in the order of the set. Default: 0.'),
  to: index
    .optional()
    .describe('Last image of each class (inclusive); smaller classes end earlier. Default: the last image.'),
  perClass,
};

const mnistSchema = z
  .strictObject({
    format: z
      .literal('mnist')
      .describe('idx files, plain or gzip: <split>-images-idx3-ubyte[.gz] and -labels-'),
    folder: folder('Folder of the idx files'),
    split: z
      .enum(['train', 't10k'])
      .default('train')
      .describe('Which of the two MNIST sets to take images from.'),
    from: index.optional().describe('First image index (inclusive), counted from 0. Default: 0.'),
    to: index.optional().describe('Last image index (inclusive). Default: the last image.'),
    perClass,
    classes,
  })
  .describe('MNIST: resized, then (x - 0.1307) / 0.3081 (methods.md 3.3).');

const caltech101Schema = z
  .strictObject({
    format: z
      .literal('caltech101')
      .describe(
        '101_ObjectCategories/<class>/image_NNNN.jpg: the 8,709 images of the 101 classes of N-Caltech101; BACKGROUND_Google is kept, Faces left out (methods.md 3.1).',
      ),
    folder: folder('The folder 101_ObjectCategories or the one above it'),
    channel,
    ...classSelection,
  })
  .describe('Caltech101: antialiased bilinear resize on 8-bit RGB, then the channel / 255 (methods.md 3.3).');

const cepDvsSchema = z
  .strictObject({
    format: z
      .literal('cep-dvs')
      .describe('data/img/NNNNN.jpg and pathFile.csv, whose fifth word names the class (methods.md 3.1).'),
    folder: folder('The folder that holds data and pathFile.csv'),
    channel,
    antialias: z
      .boolean()
      .default(false)
      .describe(
        "Whether the channel is resized with antialiasing. The authors' code leaves it to the version of torchvision; old ones had none (methods.md 3.3, 13).",
      ),
    ...classSelection,
  })
  .describe('CEP-DVS: the channel of the full-size image / 255, then bilinear resize (methods.md 3.3).');

const omniglotSchema = z
  .strictObject({
    format: z
      .literal('omniglot')
      .describe(
        'images_background and images_evaluation, <alphabet>/characterNN/NNNN_NN.png: 964 classes, then 659, each sorted by name (methods.md 3.1, 3.5).',
      ),
    folder: folder('The folder that holds images_background and images_evaluation'),
    ...classSelection,
  })
  .describe('Omniglot: grey, antialiased bilinear resize, / 255, not inverted (methods.md 3.3).');

const cifar10Schema = z
  .strictObject({
    format: z
      .literal('cifar10')
      .describe(
        'CIFAR-10, binary version: data_batch_1.bin to data_batch_5.bin, test_batch.bin, batches.meta.txt. Each class has its 5,000 training images first, then its 1,000 test images (methods.md 3.3).',
      ),
    folder: folder('The folder cifar-10-batches-bin or the one above it'),
    channel,
    ...classSelection,
  })
  .describe('CIFAR-10: resized as Caltech101 is (methods.md 3.3).');

const folderSchema = z
  .strictObject({
    format: z
      .literal('folder')
      .describe(
        'Any images as <class>/<name>.jpg, .jpeg, .png, .webp, .tif, .tiff, .gif or .avif; class = folder name.',
      ),
    folder: folder('The folder that holds a folder per class'),
    channel,
    ...classSelection,
  })
  .describe('Your own images: classes and files sorted by name, resized as Caltech101 is (ours).');

/** `data.images` of a run configuration. */
export const imageDataSchema = z
  .discriminatedUnion('format', [
    mnistSchema,
    caltech101Schema,
    cepDvsSchema,
    omniglotSchema,
    cifar10Schema,
    folderSchema,
  ])
  .describe('Static images (the source domain).');

export type ImageDataConfiguration = z.output<typeof imageDataSchema>;
export type ImageFormat = ImageDataConfiguration['format'];
/** The configuration of one format. */
export type ImageDataOf<Format extends ImageFormat> = Extract<ImageDataConfiguration, { format: Format }>;
/** Configurations of sets whose images are files of their own. */
export type ImageFileConfiguration = Exclude<ImageDataConfiguration, { format: 'mnist' | 'cifar10' }>;
