import type { ByteSource } from './byteSource';
import { PageReader, type ReadPage, stateAt } from './eventPages';
import type { JsonValue, Recording, RecordingInfo } from './recording';
import type { Track } from './tracks';
import type { WarningLog } from './warningLog';

export interface PagedRecordingParts {
  readonly source: ByteSource;
  readonly info: RecordingInfo;
  readonly tracks?: readonly Track[];
  readonly warnings: WarningLog;
  /** Place of the first page. */
  readonly start: JsonValue;
  /** Makes the page function of one reader, with buffers of its own. */
  readonly pages: () => ReadPage;
  /** Place of a page at or before the first event with timestamp >= t (µs), where the container tells. */
  readonly find?: (t: number) => Promise<JsonValue | undefined>;
  readonly close?: () => Promise<void>;
}

/** A recording whose events come in pages. Closing it closes the source. */
export function pagedRecording(parts: PagedRecordingParts): Recording {
  const { source, info, tracks = [], warnings, start, pages, find, close } = parts;
  const recording: Recording = {
    info,
    tracks,
    events: async (from = stateAt(start)) => new PageReader(pages(), from, warnings),
    warnings: () => warnings.list(),
    close: async () => {
      await close?.();
      await source.close();
    },
  };
  return find ? { ...recording, seek: (t) => seek(find, t) } : recording;
}

async function seek(find: (t: number) => Promise<JsonValue | undefined>, t: number) {
  const place = await find(t);
  return place === undefined ? undefined : stateAt(place);
}
