import { CONTAINER_FORMATS, sampleEvents } from '../../../tools/containerFormats';
import { manyRows, WORD_FORMATS } from '../../../tools/wordFormats';

/** A small sound recording that mutations start from. */
export interface SeedFile {
  /** Unique; used on the command line. */
  readonly name: string;
  /** Name of the file, with the suffix that headerless formats look at. */
  readonly file: string;
  readonly bytes: () => Uint8Array | Promise<Uint8Array>;
}

const WORD_SEED_EVENTS = 400;

const wordSeeds = WORD_FORMATS.map(
  (format): SeedFile => ({
    name: format.name,
    file: format.format === 'atis' ? 'seed.bin' : 'seed.raw',
    bytes: () => format.encode(manyRows(format, WORD_SEED_EVENTS)),
  }),
);

const CONTAINER_SEED_EVENTS = 400;

const containerSeeds = CONTAINER_FORMATS.map(
  ({ name, encode }): SeedFile => ({
    name,
    file: 'seed',
    bytes: () => encode(sampleEvents(CONTAINER_SEED_EVENTS)),
  }),
);

/** The seed files of all formats; those of another family of formats are added here. */
export const SEED_FILES: readonly SeedFile[] = [...wordSeeds, ...containerSeeds];
