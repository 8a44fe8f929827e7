import type { Group, File as LibraryFile, Metadata } from 'h5wasm';
import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import { type NumericType, numericType } from '../columns/numericType';
import { type Filter, isInLibrary, unknownFilter } from './filters/pipeline';
import { type Hdf5Library, isTrap, loadHdf5, type Mounted, mount } from './library';

const MOST_OBJECTS = 4096;
const MOST_DEPTH = 12;
const INTEGER = 0;
const FLOAT = 1;
const BIT_FIELD = 4;
const ENUMERATION = 8;

/** A number inside each element of a dataset: the element itself or a member of a compound. */
export interface Hdf5Member {
  readonly name: string;
  readonly type: NumericType;
  readonly offset: number;
}

/** A dataset of numbers or of compounds with numbers. */
export interface Hdf5Dataset {
  readonly path: string;
  readonly shape: readonly number[];
  /** Axis along which rows follow each other: 1 for 1 x N and 4 x N (as MATLAB saves columns), else 0. */
  readonly rowAxis: 0 | 1;
  readonly rows: number;
  /** Elements of one row. */
  readonly width: number;
  /** Bytes of one element. */
  readonly elementSize: number;
  readonly members: readonly Hdf5Member[];
  readonly isCompound: boolean;
  readonly chunks: readonly number[] | undefined;
  readonly filters: readonly Filter[];
}

/** An HDF5 file that the library has open on a source. */
export interface Hdf5File {
  readonly source: ByteSource;
  readonly instance: Hdf5Library;
  readonly library: LibraryFile;
  readonly mounted: Mounted;
  readonly datasets: readonly Hdf5Dataset[];
  close(): void;
}

/**
 * Opens the file and lists its datasets.
 * @throws SpikeBridgeError (data) where the library cannot read it.
 */
export async function openHdf5(source: ByteSource): Promise<Hdf5File> {
  const instance = await loadHdf5();
  const mounted = await mount(instance, source);
  const close = () => closeBoth(instance, library, mounted);
  let library: LibraryFile | undefined;
  try {
    library = new instance.File(mounted.path, 'r');
    return { source, instance, library, mounted, datasets: listDatasets(library), close };
  } catch (cause) {
    isTrap(cause, instance);
    close();
    throw damaged(source, cause);
  }
}

function closeBoth(instance: Hdf5Library, library: LibraryFile | undefined, mounted: Mounted): void {
  try {
    if (!instance.isBroken) {
      library?.close();
    }
  } catch (error) {
    if (!isTrap(error, instance)) {
      throw error;
    }
  } finally {
    mounted.unmount();
  }
}

/** The refusal of a file that the library cannot read. */
export function damaged(source: ByteSource, cause: unknown): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    'this HDF5 file is damaged or was not closed by its writer',
    'Copy it again from where it was made; a file that was cut off may be repaired with h5clear.',
    { file: source.name },
    { cause },
  );
}

function listDatasets(root: Group): Hdf5Dataset[] {
  const datasets: Hdf5Dataset[] = [];
  const groups: { group: Group; path: string; depth: number }[] = [{ group: root, path: '', depth: 0 }];
  let seen = 0;
  for (let next = groups.shift(); next; next = groups.shift()) {
    for (const name of next.group.keys()) {
      if (++seen > MOST_OBJECTS) {
        return datasets;
      }
      const path = `${next.path}/${name}`;
      const entity = next.group.get(name);
      if (isGroup(entity) && next.depth < MOST_DEPTH) {
        groups.push({ group: entity, path, depth: next.depth + 1 });
      } else if (isDataset(entity)) {
        datasets.push(describe(path, entity.metadata, entity.filters));
      }
    }
  }
  return datasets;
}

type Entity = ReturnType<Group['get']>;

function isGroup(entity: Entity): entity is Group {
  return entity !== null && 'keys' in entity;
}

function isDataset(entity: Entity): entity is Extract<Entity, { filters: unknown }> {
  return entity !== null && 'refresh' in entity;
}

function describe(path: string, metadata: Metadata, filters: readonly Filter[]): Hdf5Dataset {
  const parts: readonly (Metadata & { name: string; offset: number })[] = metadata.compound_type?.members ?? [
    { ...metadata, name: '', offset: 0 },
  ];
  // The library turns numbers round, but not in compounds of both orders.
  const isTurned = isInLibrary(filters) && parts.every(({ littleEndian }) => !littleEndian);
  const members = parts.flatMap(({ name, offset, ...part }) => {
    const type = numberOf(isTurned ? { ...part, littleEndian: true } : part);
    return type ? [{ name, offset, type }] : [];
  });
  return {
    path,
    ...axesOf(metadata.shape ?? []),
    elementSize: metadata.size,
    members,
    isCompound: metadata.compound_type !== undefined,
    chunks: metadata.chunks ?? undefined,
    filters,
  };
}

const MOST_WIDE_ROWS = 8;

function axesOf(shape: readonly number[]): Pick<Hdf5Dataset, 'shape' | 'rowAxis' | 'rows' | 'width'> {
  const [first = 1, second = 1] = shape;
  const isWide = shape.length === 2 && second !== 4 && first <= MOST_WIDE_ROWS && second > first;
  const rowAxis = isWide ? 1 : 0;
  const width = shape.reduce((product, size, axis) => (axis === rowAxis ? product : product * size), 1);
  return { shape, rowAxis, rows: isWide ? second : first, width };
}

/** The library's type as a number; booleans of h5py are enumerations over a byte. */
function numberOf({ type, size, signed, littleEndian, vlen }: Metadata): NumericType | undefined {
  const isNumber = type === INTEGER || type === FLOAT || type === BIT_FIELD || type === ENUMERATION;
  const kind = type === FLOAT ? 'float' : signed ? 'signed' : 'unsigned';
  return isNumber && !vlen ? numericType(kind, size, littleEndian) : undefined;
}

/** Text attribute of an object, or undefined. */
export function attributeText(file: Hdf5File, path: string, name: string): string | undefined {
  const value = attribute(file, path, name);
  return value === undefined || value === null ? undefined : String(value);
}

/** Numbers of an attribute, or undefined. */
export function attributeNumbers(file: Hdf5File, path: string, name: string): number[] | undefined {
  const value = attribute(file, path, name);
  const numbers = ArrayBuffer.isView(value)
    ? Array.from(value as unknown as ArrayLike<number>, Number)
    : [Number(value)];
  return value === undefined || numbers.some(Number.isNaN) ? undefined : numbers;
}

/** Names and texts of an object's attributes. */
export function attributesOf(file: Hdf5File, path: string): [string, string][] {
  const { library } = file;
  const entity = path === '/' ? library : library.get(path);
  if (!entity || !('attrs' in entity)) {
    return [];
  }
  return Object.keys(entity.attrs).flatMap((name) => {
    const value = attribute(file, path, name);
    return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [];
  });
}

function attribute({ instance, library }: Hdf5File, path: string, name: string): unknown {
  const entity = path === '/' ? library : library.get(path);
  try {
    return entity && 'attrs' in entity ? entity.attrs[name]?.value : undefined;
  } catch (error) {
    isTrap(error, instance);
    // Attributes of types that the library does not know tell nothing.
    return undefined;
  }
}

/** @throws SpikeBridgeError (data) where a dataset is compressed in a way that nobody here undoes. */
export function checkFilters(file: Hdf5File, { path, filters }: Hdf5Dataset): void {
  const unknown = unknownFilter(filters);
  if (unknown) {
    throw new SpikeBridgeError(
      'data',
      `the dataset ${path} is compressed with ${unknown}, which is not read`,
      'Repack the file with gzip: h5repack -f GZIP=4 IN OUT (with the plugin of that filter installed).',
      { file: file.source.name },
    );
  }
}
