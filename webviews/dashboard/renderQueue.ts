/** Something that can be drawn again. */
export interface Renderable {
  /** Whether it can be seen now; what cannot be seen is drawn when it comes into view. */
  readonly visible: boolean;
  render(): void;
}

const PAUSE_MS = 250;

/**
 * Draws what has changed, one item per frame, so that typing and scrolling stay smooth while a run sends updates.
 * An item is drawn at most four times a second, except right after the user changed something.
 */
export class RenderQueue {
  readonly #dirty = new Set<Renderable>();
  readonly #drawnAt = new Map<Renderable, number>();
  /** Changed items that are drawn even where nobody sees them yet. */
  readonly #evenUnseen = new Set<Renderable>();
  #scheduled = false;

  /** Marks items as changed. @param urgent the user waits for it: draw in the next frames. */
  invalidate(items: Iterable<Renderable>, urgent = false): void {
    for (const item of items) {
      this.#dirty.add(item);
      if (urgent) {
        this.#drawnAt.delete(item);
      }
    }
    this.#schedule();
  }

  /** Marks items as changed and draws them all in the next frames, also those out of view. */
  redrawAll(items: readonly Renderable[]): void {
    for (const item of items) {
      this.#evenUnseen.add(item);
    }
    this.invalidate(items, true);
  }

  #schedule(): void {
    if (!this.#scheduled && this.#dirty.size > 0) {
      this.#scheduled = true;
      requestAnimationFrame((now) => this.#frame(now));
    }
  }

  #frame(now: number): void {
    this.#scheduled = false;
    const candidates = [...this.#dirty].filter((item) => item.visible || this.#evenUnseen.has(item));
    const due = candidates.find(
      (item) => now - (this.#drawnAt.get(item) ?? Number.NEGATIVE_INFINITY) >= PAUSE_MS,
    );
    if (due) {
      this.#dirty.delete(due);
      this.#evenUnseen.delete(due);
      this.#drawnAt.set(due, now);
      due.render();
    }
    if (candidates.length > 0) {
      this.#schedule();
    }
  }
}
