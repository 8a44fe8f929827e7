import path from 'node:path';
import type { EventDataOf } from '../eventDataSchema';
import { entriesOf, findClasses } from './classFolders';
import { dataSetError, type EventSet } from './eventSet';

const LAYOUT = '<class>/<recording>';
/** Names of files that the codecs may know. */
export const RECORDING_FILES =
  /\.(?:aedat|aedat4|bin|bs2|raw|dat|es|h5|hdf5|npy|npz|txt|csv|mat|bag|db3|mcap)$/i;

/** The last number in a name; 0 without one. */
function numberOf(name: string): number | undefined {
  return RECORDING_FILES.test(name)
    ? Number(/(\d{1,15})\D*$/.exec(path.parse(name).name)?.[1] ?? 0)
    : undefined;
}

/** Recordings of any format in one folder per class (ours); classes by name. */
export const ownFolders: EventSet<EventDataOf<'folders'>> = {
  title: 'folders of recordings',
  layout: LAYOUT,
  async list({ folder }, complain) {
    const found = await findClasses(folder, '', { layout: LAYOUT, numberOf }, complain);
    const classes = [...found.keys()];
    if (classes.length < 2) {
      complain(
        dataSetError(
          `there is one class only, ${classes[0]}`,
          'Put the recordings of each class into a folder of its name.',
          folder,
        ),
      );
    }
    return { root: folder, classes, recordings: await entriesOf(folder, classes, found), warnings: [] };
  },
  frameRule(configuration, { timeSteps, sizePixels }) {
    const { sensor, timeOrigin, transpose, flipX, flipY, invertPolarity, columns, timeUnit } = configuration;
    return {
      timeSteps,
      size: sizePixels,
      kind: 'count',
      ...(sensor && { sensor }),
      timeOrigin,
      formats: 'any',
      known: {
        transpose,
        flipX,
        flipY,
        invertPolarity,
        ...(columns !== undefined && { columns }),
        ...(timeUnit && { timeUnit }),
      },
    };
  },
};
