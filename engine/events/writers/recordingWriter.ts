import type { EventBatch } from '../eventBatch';
import { throwIfAborted } from '../throwIfAborted';
import { beginFile, type NewFile } from './newFile';
import type { EncoderOptions, RecordingEncoder, RecordingFormat } from './recordingEncoder';
import { timeOrder } from './timeOrder';

/**
 * Writes one recording. The file appears under its name when `finish` resolves, complete; until then, and after a
 * failure or `abort`, there is nothing.
 */
export interface RecordingWriter {
  /** Events given so far. */
  readonly events: number;
  /**
   * Appends events, in recording order. A failure aborts.
   * @throws SpikeBridgeError (data) for an event that the format cannot hold, or where the disk refuses.
   */
  write(events: EventBatch): Promise<void>;
  /**
   * Completes the file and puts it in its place. A failure aborts.
   * @throws SpikeBridgeError (cancelled) when the signal is aborted before the file has its name.
   */
  finish(): Promise<void>;
  /** Removes everything that was written; does nothing after `finish` or a failure. */
  abort(): Promise<void>;
}

/** How a recording is written. */
export interface WriterOptions extends EncoderOptions {
  readonly format: RecordingFormat;
  /** Whether a file at the target may be replaced. */
  readonly replace?: boolean;
}

function makeWriter(
  file: NewFile,
  encoder: RecordingEncoder,
  format: RecordingFormat,
  signal: AbortSignal | undefined,
): RecordingWriter {
  const order = format.isOrdered ? timeOrder(file.target) : undefined;
  let count = 0;
  let isEncoding = true;
  let isOpen = true;

  function endEncoding(): void {
    if (isEncoding) {
      isEncoding = false;
      encoder.dispose?.();
    }
  }
  async function abort(): Promise<void> {
    if (isOpen) {
      isOpen = false;
      endEncoding();
      await file.discard();
    }
  }
  async function orAbort(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      await abort();
      throw error;
    }
  }
  return {
    get events() {
      return count;
    },
    abort,
    write: (events) =>
      orAbort(async () => {
        await encoder.write(order ? order.push(events) : events);
        count += events.t.length;
      }),
    finish: () =>
      orAbort(async () => {
        if (order) {
          await encoder.write(order.flush());
        }
        await encoder.finish();
        endEncoding();
        throwIfAborted(signal);
        await file.commit();
        isOpen = false;
      }),
  };
}

/**
 * Begins to write a recording.
 * @param target path of the file to make.
 * @throws SpikeBridgeError (usage) where there is a file and `replace` is not set; (data) where the folder cannot be
 *   written.
 */
export async function openRecordingWriter(
  target: string,
  { format, replace, ...options }: WriterOptions,
): Promise<RecordingWriter> {
  const file = await beginFile(target, { replace });
  try {
    return makeWriter(file, await format.open(file, options), format, options.signal);
  } catch (error) {
    await file.discard();
    throw error;
  }
}
