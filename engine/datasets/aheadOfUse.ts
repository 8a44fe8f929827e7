/** Makes numbered things before they are asked for; each is given out once. */
export class AheadOfUse<Value> {
  private readonly started = new Map<number, Promise<Value>>();

  /** @param count how many are made ahead at most. */
  constructor(
    private readonly make: (index: number) => Promise<Value>,
    private readonly count: number,
  ) {}

  /** @param end numbers from here on are not made ahead. */
  take(index: number, end: number): Promise<Value> {
    const value = this.started.get(index) ?? this.make(index);
    const last = Math.min(index + this.count, end - 1);
    for (const other of this.started.keys()) {
      if (other <= index || other > last) {
        this.started.delete(other);
      }
    }
    for (let next = index + 1; next <= last; next++) {
      if (!this.started.has(next)) {
        this.started.set(next, this.begin(next));
      }
    }
    return value;
  }

  private begin(index: number): Promise<Value> {
    const value = this.make(index);
    // Whoever takes it sees a failure; perhaps nobody does.
    value.catch(() => {});
    return value;
  }
}
