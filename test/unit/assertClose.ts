import assert from 'node:assert/strict';

/** Asserts that numbers agree within an absolute tolerance. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = '',
): void {
  assert.equal(actual.length, expected.length, `${what}: number of values`);
  for (let index = 0; index < expected.length; index++) {
    const difference = Math.abs((actual[index] as number) - (expected[index] as number));
    assert.ok(
      difference <= tolerance,
      `${what}[${index}]: ${actual[index]} is not ${expected[index]} within ${tolerance}`,
    );
  }
}
