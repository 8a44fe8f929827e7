import type { RecordingFacts, TrackFacts } from '../../events/recordingSummary';
import { formatPercent } from '../output';

const MICROSECONDS_PER_SECOND = 1e6;
/** Times behind this (µs; September 2001) are Unix times. */
const EPOCH_MICROSECONDS = 1e15;
/** Lists of variables or comments can be long; `--json` has all of them. */
const MOST_PROPERTY_LETTERS = 100;

const UNITS: Readonly<Record<string, string>> = {
  width: 'px',
  height: 'px',
  firstTimestamp: 'µs',
  lastTimestamp: 'µs',
  duration: 'µs',
  largestBackwardStep: 'µs',
  meanRate: 'events/s',
  meanX: 'px',
  meanY: 'px',
};

function numberText(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toFixed(3)));
}

/** What a number means, where that is not seen at once. */
function meaning(name: string, value: number, { events }: RecordingFacts): string {
  switch (name) {
    case 'onEvents':
      return events > 0 ? ` (${formatPercent(value / events)})` : '';
    case 'duration':
      return value < MICROSECONDS_PER_SECOND
        ? ` (${numberText(value / 1000)} ms)`
        : ` (${numberText(value / MICROSECONDS_PER_SECOND)} s)`;
    case 'firstTimestamp':
    case 'lastTimestamp':
      return value >= EPOCH_MICROSECONDS ? dateText(value) : '';
    default:
      return '';
  }
}

function dateText(microseconds: number): string {
  const date = new Date(microseconds / 1000);
  return Number.isNaN(date.getTime()) ? '' : ` (${date.toISOString().slice(0, 19).replace('T', ' ')} UTC)`;
}

function valueText(name: string, value: unknown, facts: RecordingFacts): string {
  if (value === null) {
    return 'not known';
  }
  if (typeof value !== 'number') {
    return String(value);
  }
  return `${numberText(value)}${UNITS[name] ? ` ${UNITS[name]}` : ''}${meaning(name, value, facts)}`;
}

function trackRow({ kind, name, samples }: TrackFacts): string[] {
  return ['track', `${name}: ${samples} ${samples === 1 ? 'sample' : 'samples'}`, `kind ${kind}`];
}

function shortened(text: string): string {
  return text.length > MOST_PROPERTY_LETTERS ? `${text.slice(0, MOST_PROPERTY_LETTERS - 1)}…` : text;
}

/** The facts of a recording as rows of a table for people, with its head. */
export function factTable(facts: RecordingFacts): string[][] {
  const { found, tracks, warnings, streams, stream, properties, ...plain } = facts;
  const rows = Object.entries(plain)
    // Most formats have one version only.
    .filter(([name, value]) => name !== 'version' || value !== null)
    .map(([name, value]) => [name, valueText(name, value, facts), found[name] ?? '']);
  const streamRows = streams.length > 1 ? [['stream', stream, `one of: ${streams.join(', ')}`]] : [];
  const propertyRows = properties.map(([name, value]) => ['property', shortened(`${name}: ${value}`), '']);
  const warningRows = warnings.map(({ message, byteOffset, count }) => [
    'warning',
    count > 1 ? `${message} (${count} times)` : message,
    byteOffset === undefined ? '' : `byte ${byteOffset}`,
  ]);
  return [
    ['fact', 'value', 'how it was found'],
    ...rows,
    ...streamRows,
    ...tracks.map(trackRow),
    ...propertyRows,
    ...warningRows,
  ];
}
