import type { EventFormat } from '../eventDataSchema';
import type { ImageFormat } from '../imageDataSchema';
import { namesOf } from '../images/classNames';
import type { DataSetReport } from './dataSetReport';

/** The images that recordings were made of, or are paired with (methods.md 3.3). */
const COUNTERPARTS: Readonly<Partial<Record<EventFormat, ImageFormat>>> = {
  'n-mnist': 'mnist',
  'n-caltech101': 'caltech101',
  'cep-dvs': 'cep-dvs',
  'n-omniglot': 'omniglot',
  'cifar10-dvs': 'cifar10',
  folders: 'folder',
};

function onlyIn(report: DataSetReport, other: DataSetReport): string[] {
  const names = new Set(other.classes.map(({ name }) => name));
  return report.classes.map(({ name }) => name).filter((name) => !names.has(name));
}

function differenceOf(events: DataSetReport, images: DataSetReport): string[] {
  const parts = [
    { title: events.title, names: onlyIn(events, images) },
    { title: images.title, names: onlyIn(images, events) },
  ].filter(({ names }) => names.length > 0);
  return parts.length === 0
    ? []
    : [
        `no pairs can be formed of ${events.title} and ${images.title} as they are: ${parts.map(({ title, names }) => `only ${title} has ${namesOf(names)}`).join('; ')}`,
      ];
}

/** What keeps recordings and images that belong together from being paired: classes that only one side has. */
export function classDifferences(reports: readonly DataSetReport[]): string[] {
  const listed = reports.filter(({ classes }) => classes.length > 0);
  return listed
    .filter(({ side }) => side === 'events')
    .flatMap((events) =>
      listed
        .filter(
          ({ side, format }) => side === 'images' && format === COUNTERPARTS[events.format as EventFormat],
        )
        .flatMap((images) => differenceOf(events, images)),
    );
}
