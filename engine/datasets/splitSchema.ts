import { z } from 'zod';

/** How recordings are divided into training and test recordings. */
export const SPLIT_POLICIES = ['official', 'paper', 'leak-free'] as const;
export type SplitPolicy = (typeof SPLIT_POLICIES)[number];

/** The value of `order` that sorts recordings by name instead of taking them as a file lists them. */
export const SORTED_ORDER = 'sorted';

const ratio = z.number().gt(0).max(1);

/** `data.split` of a run configuration. */
export const splitSchema = z
  .strictObject({
    policy: z
      .enum(SPLIT_POLICIES)
      .optional()
      .describe(
        "official: the data set's own training and test recordings. paper: the authors' rule (methods.md 3.4), in the order of `order`. leak-free (ours): the same numbers of recordings in order of their names, and no photo of a test recording among the static images (methods.md 10.2). Default: official where the data set has a split of its own, else leak-free.",
      ),
    order: z
      .string()
      .min(1)
      .optional()
      .describe(
        "paper: order of the recordings inside a class. Path of a text file with one recording per line as the original machine lists them (`find . -type f`), relative to this file's folder; or sorted (ours): by name, which is not the order of the authors' machine. Needed where the authors' code does not sort: N-Caltech101 and CIFAR10-DVS (methods.md 3.4, 10.2).",
      ),
    trainPortion: z
      .number()
      .gt(0)
      .lt(1)
      .optional()
      .describe(
        "Share of each class that trains (the authors' --train-portion), rounded half to even. Default: 0.9; CEP-DVS 0.5, N-Omniglot 0.75 (methods.md 3.4). official: no effect.",
      ),
    eventRatio: ratio
      .default(1)
      .describe(
        "Share of the training recordings that is used: of each class the first int(count * ratio) (the authors' --traindata-ratio; methods.md 3.4). The static images stay.",
      ),
    imageRatio: ratio
      .default(1)
      .describe(
        "Share of the static images that is used: of each class the first int(count * ratio) (the authors' --rgbdata-ratio; methods.md 3.4, 3.5).",
      ),
  })
  .describe('How recordings and static images are divided between training and test.');

export type SplitConfiguration = z.output<typeof splitSchema>;

/**
 * The split with the path of its order file made absolute.
 * @param absolute makes a path absolute.
 */
export function resolvedSplit(
  split: SplitConfiguration,
  absolute: (file: string) => string,
): SplitConfiguration {
  const { order } = split;
  return order === undefined || order === SORTED_ORDER ? split : { ...split, order: absolute(order) };
}
