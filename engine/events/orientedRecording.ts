import { SpikeBridgeError } from '../errors';
import { type EventBatch, firstEvents, type SensorSize } from './eventBatch';
import type { EventReader, Found, OpenOptions, Recording, RecordingInfo } from './recording';
import { WarningLog } from './warningLog';
import { wordKernels } from './words/wordKernels';

interface Orientation {
  /** Size after the transposition. */
  readonly size: SensorSize | undefined;
  readonly flipX: boolean;
  readonly flipY: boolean;
  readonly transpose: boolean;
  readonly invertPolarity: boolean;
}

function sizeOf(info: RecordingInfo, options: OpenOptions): Found<SensorSize> | undefined {
  const found = options.size ? { value: options.size, how: 'set by the user' } : info.size;
  if (!found || !options.transpose) {
    return found;
  }
  const { width, height } = found.value;
  return { value: { width: height, height: width }, how: `${found.how}, transposed` };
}

function orientationOf(size: SensorSize | undefined, options: OpenOptions, file: string): Orientation {
  const { flipX = false, flipY = false, transpose = false, invertPolarity = false } = options;
  if ((flipX || flipY) && !size) {
    throw new SpikeBridgeError(
      'usage',
      'the picture cannot be flipped: the file does not tell the size of its sensor',
      'Give the size as well with --size WIDTHxHEIGHT (the editor asks for it).',
      { file },
    );
  }
  return { size, flipX, flipY, transpose, invertPolarity };
}

/** A quick look that spares sound batches the search for events outside. */
function allInside({ x, y }: EventBatch, { width, height }: SensorSize): boolean {
  const kernels = wordKernels();
  return kernels !== undefined && kernels.largest(x) < width && kernels.largest(y) < height;
}

/** Keeps the events inside the sensor, in place. @returns their number. */
function keepInside({ t, x, y, polarity }: EventBatch, { width, height }: SensorSize): number {
  const length = t.length;
  let kept = 0;
  while (kept < length && x[kept]! < width && y[kept]! < height) {
    kept++;
  }
  for (let index = kept + 1; index < length; index++) {
    if (x[index]! < width && y[index]! < height) {
      t[kept] = t[index]!;
      x[kept] = x[index]!;
      y[kept] = y[index]!;
      polarity[kept] = polarity[index]!;
      kept++;
    }
  }
  return kept;
}

function mirror(values: Uint16Array, size: number): void {
  for (let index = 0; index < values.length; index++) {
    values[index] = size - 1 - values[index]!;
  }
}

function invert(polarity: Uint8Array): void {
  for (let index = 0; index < polarity.length; index++) {
    polarity[index] = polarity[index]! ^ 1;
  }
}

/** Turns a batch, in place: transposition first, then the flips of the new axes. */
function orient(batch: EventBatch, { size, flipX, flipY, invertPolarity }: Orientation): void {
  if (flipX && size) {
    mirror(batch.x, size.width);
  }
  if (flipY && size) {
    mirror(batch.y, size.height);
  }
  if (invertPolarity) {
    invert(batch.polarity);
  }
}

class OrientedReader implements EventReader {
  private outside = 0;

  constructor(
    private readonly inner: EventReader,
    private readonly orientation: Orientation,
    private readonly warnings: WarningLog,
  ) {}

  async next(reuse?: EventBatch): Promise<EventBatch | undefined> {
    for (let given = reuse; ; ) {
      const batch = await this.inner.next(given);
      if (!batch) {
        return undefined;
      }
      const kept = this.inside(this.transposed(batch));
      if (kept.t.length > 0) {
        orient(kept, this.orientation);
        return kept;
      }
      given = batch;
    }
  }

  private transposed(batch: EventBatch): EventBatch {
    return this.orientation.transpose ? { ...batch, x: batch.y, y: batch.x } : batch;
  }

  private inside(batch: EventBatch): EventBatch {
    const { size } = this.orientation;
    const kept = size && !allInside(batch, size) ? keepInside(batch, size) : batch.t.length;
    if (kept === batch.t.length || !size) {
      return batch;
    }
    this.outside += batch.t.length - kept;
    this.warnings.counted(
      `events outside the ${size.width} x ${size.height} sensor were left out`,
      this.outside,
    );
    return firstEvents(batch, kept);
  }

  state() {
    return this.inner.state();
  }

  progress() {
    return this.inner.progress();
  }

  close() {
    return this.inner.close();
  }
}

/**
 * A recording as the user wants it: the size the user set, transposed, flipped, with inverted polarity (in this order),
 * and without events outside the sensor where its size is known. Codecs do none of this.
 * @param file for messages. @throws SpikeBridgeError (usage) when a flip needs a size that nothing tells.
 */
export function orientedRecording(inner: Recording, options: OpenOptions, file: string): Recording {
  const size = sizeOf(inner.info, options);
  const orientation = orientationOf(size?.value, options, file);
  const warnings = new WarningLog();
  return {
    info: { ...inner.info, size },
    tracks: inner.tracks,
    events: async (from) => new OrientedReader(await inner.events(from), orientation, warnings),
    ...(inner.seek && { seek: (t: number) => inner.seek!(t) }),
    warnings: () => [...inner.warnings(), ...warnings.list()],
    close: () => inner.close(),
  };
}
