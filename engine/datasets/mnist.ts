import path from 'node:path';
import { SpikeBridgeError } from '../errors';
import { type BilinearResize, bilinearResize } from '../events/bilinearResize';
import { decodeIdxImages, decodeIdxLabels, type IdxImages, readIdxFile } from './idx';
import type { ImageDataOf } from './imageDataSchema';
import { checkClasses } from './images/classNames';
import { sharedBytes } from './sharedMemory';
import type { StaticImages } from './staticImages';

/**
 * Reads images and labels of one MNIST set.
 * @throws SpikeBridgeError (data) for missing or damaged files and for different numbers of images and labels.
 */
export async function readMnistSet(
  folder: string,
  split: string,
): Promise<{ images: IdxImages; labels: Uint8Array; file: string }> {
  const imageFile = await readIdxFile(path.join(folder, `${split}-images-idx3-ubyte`));
  const labelFile = await readIdxFile(path.join(folder, `${split}-labels-idx1-ubyte`));
  const images = decodeIdxImages(imageFile.bytes, imageFile.file);
  const labels = decodeIdxLabels(labelFile.bytes, labelFile.file);
  if (labels.length !== images.count) {
    throw new SpikeBridgeError(
      'data',
      `${labels.length} labels for ${images.count} images`,
      `Take ${path.basename(labelFile.file)} and ${path.basename(imageFile.file)} from the same copy of the data set.`,
      { file: labelFile.file, byteOffset: 4 },
    );
  }
  return { images, labels, file: imageFile.file };
}

/** The inclusive index range of the configuration, checked against the number of images. */
function rangeOf({ from = 0, to }: ImageDataOf<'mnist'>, count: number, file: string): [number, number] {
  const last = to ?? count - 1;
  if (from > last || last >= count) {
    throw new SpikeBridgeError(
      'data',
      `images ${from} to ${last} are selected, but the set has ${count} images (0 to ${count - 1})`,
      'Correct data.images.from and data.images.to in the run configuration.',
      { file },
    );
  }
  return [from, last];
}

function groupByClass(labels: Uint8Array, [from, last]: [number, number]): Map<string, Uint32Array> {
  const groups = new Map<string, number[]>();
  for (let image = from; image <= last; image++) {
    const name = String(labels[image]);
    const group = groups.get(name);
    if (group) {
      group.push(image);
    } else {
      groups.set(name, [image]);
    }
  }
  return new Map([...groups].map(([name, images]) => [name, Uint32Array.from(images)]));
}

/**
 * Reads MNIST (idx files, plain or .gz) and groups the selected images by class.
 * @param configuration `folder` must be absolute; `from` and `to` are inclusive image indices from 0.
 * @param classes class names of the recordings; an image's class name is its label in decimal.
 * @throws SpikeBridgeError (data): missing or damaged files, range outside the set, other classes.
 */
export async function loadMnist(
  configuration: ImageDataOf<'mnist'>,
  classes: readonly string[],
): Promise<StaticImages> {
  const { images, labels, file } = await readMnistSet(configuration.folder, configuration.split);
  const groups = groupByClass(labels, rangeOf(configuration, images.count, file));
  const names = [...groups.keys()].filter((name) => configuration.classes?.includes(name) ?? true);
  checkClasses(classes, names, file);
  const { width, height } = images;
  const resizeTo = (side: number): BilinearResize =>
    bilinearResize(
      { input: { width, height }, output: { width: side, height: side }, channels: 1 },
      'half-pixel',
    );
  const pixelsPerImage = width * height;
  const pixels = sharedBytes(images.pixels);
  return {
    imagesOfClass: classes.map((name) => groups.get(name)!.slice(0, configuration.perClass)),
    file: path.basename(file),
    count: images.count,
    nameOf: (image) => `${labels[image]}/${image}`,
    warnings: [],
    prepareColours: async () => undefined,
    colours(side) {
      const resizeColour = resizeTo(side);
      const grey = new Float32Array(side * side);
      return {
        write(image, target, offset) {
          resizeColour.apply(pixels, image * pixelsPerImage, grey, 0);
          for (const [pixel, value] of grey.entries()) {
            target.fill(value / 255, offset + 3 * pixel, offset + 3 * pixel + 3);
          }
        },
      };
    },
    planes: { kind: 'mnist', width, height, pixels },
  };
}
