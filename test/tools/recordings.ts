import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { EventBatch } from '../../engine/events/eventBatch';
import { memorySource } from '../../engine/events/memorySource';
import { openRecording } from '../../engine/events/openRecording';
import type { DecoderState, OpenOptions, Recording } from '../../engine/events/recording';

/** Folder of real recordings beside the repository; it may be missing. */
export const RECORDINGS = path.resolve(process.env.SPIKEBRIDGE_ROOT ?? '.', '../shared/data/recordings');

/** What GROUND_TRUTH.json says about a recording; null where it says nothing. */
export interface Truth {
  readonly width: number | null;
  readonly height: number | null;
  readonly events: number;
  readonly on: number | null;
  readonly tFirst: number | null;
  readonly tLast: number | null;
  readonly sumX?: number;
  readonly sumY?: number;
  readonly sumT?: string;
  readonly first5?: number[][];
  readonly last?: number[];
  /** Of the file, not of its events. */
  readonly sha256: string | null;
}

/** The truths by file name relative to {@link RECORDINGS}; empty where the folder is missing. */
export function groundTruths(): ReadonlyMap<string, Truth> {
  const file = path.join(RECORDINGS, 'GROUND_TRUTH.json');
  if (!existsSync(file)) {
    return new Map();
  }
  const entries = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Truth>);
  return new Map(entries.filter(([name]) => name !== '_about'));
}

/** An event as [t, x, y, polarity]. */
export type EventRow = readonly [t: number, x: number, y: number, polarity: number];

export function rowsOf({ t, x, y, polarity }: EventBatch): EventRow[] {
  return Array.from(t, (time, index) => [time, x[index]!, y[index]!, polarity[index]!]);
}

/** All events of an open recording from a state on, and the state behind each batch. */
export async function readEvents(
  recording: Recording,
  from?: DecoderState,
): Promise<{ rows: EventRow[]; places: { state: DecoderState; events: number }[] }> {
  const reader = await recording.events(from);
  const rows: EventRow[] = [];
  const places: { state: DecoderState; events: number }[] = [];
  for (let batch = await reader.next(); batch; batch = await reader.next(batch)) {
    for (const row of rowsOf(batch)) {
      rows.push(row);
    }
    places.push({ state: reader.state(), events: rows.length });
  }
  await reader.close();
  return { rows, places };
}

/** Opens bytes as a file of the given name. */
export function openBytes(
  bytes: Uint8Array,
  options: OpenOptions = {},
  name = 'recording',
): Promise<Recording> {
  return openRecording(memorySource(bytes, name), options);
}

/** Opens bytes, reads all events and closes. */
export async function decodeBytes(bytes: Uint8Array, options: OpenOptions = {}, name = 'recording') {
  const recording = await openBytes(bytes, options, name);
  try {
    const { rows } = await readEvents(recording);
    return { info: recording.info, rows, warnings: recording.warnings() };
  } finally {
    await recording.close();
  }
}
