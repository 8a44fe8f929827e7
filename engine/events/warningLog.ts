import type { RecordingWarning } from './recording';

/** Damage seen while reading; the same message is counted, the first place is kept. */
export class WarningLog {
  readonly #warnings = new Map<
    string,
    { byteOffset: number | undefined; places: Set<number>; count: number }
  >();

  /** `byteOffset` names the damage: reading the same place again does not count it again. */
  add(message: string, byteOffset?: number): void {
    const known = this.#warnings.get(message);
    if (!known) {
      this.#warnings.set(message, { byteOffset, places: new Set(placesOf(byteOffset)), count: 1 });
    } else if (byteOffset === undefined || !known.places.has(byteOffset)) {
      known.count += 1;
      rememberPlace(known.places, byteOffset);
    }
  }

  /** Notes that one reader has seen something `count` times so far; the largest count of all readers stays. */
  counted(message: string, count: number): void {
    const known = this.#warnings.get(message);
    if (known) {
      known.count = Math.max(known.count, count);
    } else {
      this.#warnings.set(message, { byteOffset: undefined, places: new Set(), count });
    }
  }

  list(): readonly RecordingWarning[] {
    return [...this.#warnings].map(([message, { byteOffset, count }]) =>
      byteOffset === undefined ? { message, count } : { message, byteOffset, count },
    );
  }
}

const MOST_PLACES = 10_000;

function placesOf(byteOffset: number | undefined): number[] {
  return byteOffset === undefined ? [] : [byteOffset];
}

function rememberPlace(places: Set<number>, byteOffset: number | undefined): void {
  if (byteOffset !== undefined && places.size < MOST_PLACES) {
    places.add(byteOffset);
  }
}
