import { permutation, randomStream } from '../datasets/random';
import { SpikeBridgeError } from '../errors';
import type { Digits } from './digits';

/** How many digits of each class go where. */
export interface DigitCounts {
  readonly perClassTrain: number;
  readonly perClassTest: number;
  readonly perClassImages: number;
}

/** Digit indices in writing order; no digit is in two of the lists. */
export interface DigitChoice {
  readonly train: readonly number[];
  readonly test: readonly number[];
  readonly images: readonly number[];
}

const CLASSES = 10;

/** Interleaves the classes, so that recording numbers run over all classes as in N-MNIST. */
function interleave(perClass: readonly (readonly number[])[]): number[] {
  return perClass[0]!.flatMap((_, index) => perClass.map((digits) => digits[index]!));
}

function checkCounts(counts: DigitCounts): void {
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isInteger(count) || count < 1) {
      throw new SpikeBridgeError(
        'usage',
        `${name} is ${count}`,
        'Give a whole number of digits per class, at least 1.',
      );
    }
  }
}

/**
 * Splits the digits of every class into training recordings, test recordings and static images, by seed.
 * @throws SpikeBridgeError (usage) when a count is not a whole number from 1, or a class has too few digits.
 */
export function chooseDigits({ labels }: Digits, counts: DigitCounts, seed: number): DigitChoice {
  const { perClassTrain, perClassTest, perClassImages } = counts;
  checkCounts(counts);
  const needed = perClassTrain + perClassTest + perClassImages;
  const shuffled = Array.from({ length: CLASSES }, (_, label) => {
    const digits = [...labels.keys()].filter((digit) => labels[digit] === label);
    if (digits.length < needed) {
      throw new SpikeBridgeError(
        'usage',
        `${needed} digits of class ${label} are asked for, but only ${digits.length} are at hand`,
        'Ask for fewer training recordings, test recordings or images per class.',
      );
    }
    return Array.from(
      permutation(digits.length, randomStream(seed, 'sample', label)),
      (index) => digits[index]!,
    );
  });
  const part = (begin: number, length: number) =>
    interleave(shuffled.map((digits) => digits.slice(begin, begin + length)));
  return {
    train: part(0, perClassTrain),
    test: part(perClassTrain, perClassTest),
    images: part(perClassTrain + perClassTest, perClassImages),
  };
}
