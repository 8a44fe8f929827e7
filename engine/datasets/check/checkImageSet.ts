import { type ImageFormat, imageDataSchema } from '../imageDataSchema';
import { checkStaticImages } from '../images/checkStaticImages';
import type { CheckOptions } from './checkEventSet';
import type { DataSetReport } from './dataSetReport';

const TITLES: Readonly<Record<ImageFormat, string>> = {
  mnist: 'MNIST',
  caltech101: 'Caltech101',
  'cep-dvs': 'images of CEP-DVS',
  omniglot: 'Omniglot',
  cifar10: 'CIFAR-10',
  folder: 'folders of images',
};

/**
 * Checks every image of a set by decoding it.
 * @param folder absolute.
 * @throws SpikeBridgeError (data) where the folder has another layout; (cancelled) when the signal is aborted.
 */
export async function checkImageSet(
  format: ImageFormat,
  folder: string,
  { onProgress, signal }: CheckOptions = {},
): Promise<DataSetReport> {
  const { classes, missing, corrupt, warnings } = await checkStaticImages(
    imageDataSchema.parse({ format, folder }),
    onProgress,
    signal,
  );
  return {
    side: 'images',
    format,
    title: TITLES[format],
    folder,
    classes,
    samples: classes.reduce((sum, { count }) => sum + count, 0),
    missing,
    problems: corrupt,
    warnings,
    section: { format, folder },
  };
}
