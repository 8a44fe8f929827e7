import path from 'node:path';
import type { ImageFileConfiguration } from '../imageDataSchema';
import type { PlaneSource } from '../planeSource';
import type { ImageLoadOptions } from '../staticImageLoader';
import type { ColourImages, StaticImages } from '../staticImages';
import { selectByClass } from './classSelection';
import { type BankOptions, type ImageBank, loadImageBank } from './imageBank';
import { type ImageListing, imageFile, imageNames } from './imageListing';
import type { ImageRule } from './imageRule';

/** How a format's images become planes, and whether they are grey. */
function planeRule(configuration: ImageFileConfiguration, size: number): ImageRule {
  switch (configuration.format) {
    case 'omniglot':
      return { kind: 'grey', size };
    case 'cep-dvs': {
      const { channel, antialias } = configuration;
      return { kind: 'plane', size, channel, antialias };
    }
    default:
      return { kind: 'colour', size };
  }
}

function planeSource(bank: ImageBank, configuration: ImageFileConfiguration): PlaneSource {
  const { rule, packs, imagesPerPack } = bank;
  const channel = 'channel' in configuration ? configuration.channel : 'value';
  return { kind: 'bank', packs, imagesPerPack, ...(rule.kind === 'colour' && { channel }) };
}

/** Colours of a bank of RGB or grey images. */
function colourImages(bank: ImageBank): ColourImages {
  if (bank.rule.kind === 'colour') {
    return {
      write(image, target, offset) {
        const values = bank.at(image);
        for (let position = 0; position < values.length; position++) {
          target[offset + position] = values[position]! / 255;
        }
      },
    };
  }
  return {
    write(image, target, offset) {
      const values = bank.at(image);
      for (let pixel = 0; pixel < values.length; pixel++) {
        target.fill(values[pixel]! / 255, offset + 3 * pixel, offset + 3 * pixel + 3);
      }
    },
  };
}

/** Banks of one listing; each rule is loaded once. */
class BankShelf {
  readonly #banks = new Map<string, ImageBank>();

  constructor(
    readonly files: readonly string[],
    /** Of one load: progress starts at 0. */
    readonly newOptions: () => BankOptions,
  ) {}

  get(rule: ImageRule): ImageBank | undefined {
    return this.#banks.get(JSON.stringify(rule));
  }

  async load(rule: ImageRule): Promise<ImageBank> {
    const bank = this.get(rule) ?? (await loadImageBank(this.files, rule, this.newOptions()));
    this.#banks.set(JSON.stringify(rule), bank);
    return bank;
  }
}

function bankOptions(
  { onProgress, signal }: ImageLoadOptions,
  cacheFolder: string,
  total: number,
  warnings: string[],
): BankOptions {
  let done = 0;
  return {
    cacheFolder,
    signal,
    onLoaded(images) {
      done += images;
      onProgress?.({ done, total });
    },
    onCacheFailure(error) {
      const problem = `images are not cached, ${cacheFolder} cannot be written`;
      if (!warnings.some((warning) => warning.startsWith(problem))) {
        warnings.push(`${problem}: ${(error as Error).message}`);
      }
    },
  };
}

/**
 * Loads a set whose images are files: planes now, colours when they are prepared.
 * @param size S of the planes, in pixels.
 * @throws SpikeBridgeError (data) for other classes than the recordings' and for an image that cannot be decoded;
 *   (cancelled).
 */
export async function loadFileImages(
  listing: ImageListing,
  configuration: ImageFileConfiguration,
  request: { readonly classes: readonly string[]; readonly size: number; readonly cacheFolder: string },
  options: ImageLoadOptions,
): Promise<StaticImages> {
  const { classes, size, cacheFolder } = request;
  const imagesOfClass = selectByClass(listing.classes, classes, configuration, listing.folder);
  const warnings = [...listing.warnings];
  const files = listing.files.map((_, image) => imageFile(listing, image));
  const shelf = new BankShelf(files, () => bankOptions(options, cacheFolder, files.length, warnings));
  const planes = await shelf.load(planeRule(configuration, size));
  const names = imageNames(listing);
  const kind = configuration.format === 'omniglot' ? 'grey' : 'colour';
  const colourRule = (side: number): ImageRule => ({ kind, size: side });
  return {
    imagesOfClass,
    file: path.basename(listing.folder),
    count: files.length,
    warnings,
    nameOf: (image) => names[image]!,
    planes: planeSource(planes, configuration),
    async prepareColours(side) {
      await shelf.load(colourRule(side));
    },
    colours(side) {
      const bank = shelf.get(colourRule(side));
      if (!bank) {
        throw new Error(`colours of ${side} pixels were not prepared`);
      }
      return colourImages(bank);
    },
  };
}
