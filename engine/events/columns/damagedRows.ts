/** Rows of a container that cannot be read while others can: a reader warns and goes on behind them. */
export class DamagedRows extends Error {
  override readonly name = 'DamagedRows';

  constructor(
    message: string,
    readonly byteOffset?: number,
  ) {
    super(message);
  }
}
