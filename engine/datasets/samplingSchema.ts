import { z } from 'zod';

/** `data.sampling` of a run configuration. */
export const samplingSchema = z
  .enum(['shuffle', 'class-weighted'])
  .describe(
    'Order of the training recordings. shuffle: each once per epoch; class-weighted: as many draws with replacement, weight = recordings of the data set / those of the class (N-Caltech101; methods.md 3.4).',
  );

/** `data.lastBatch` of a run configuration. */
export const lastBatchSchema = z
  .enum(['carry', 'drop'])
  .describe(
    "What becomes of recordings that do not fill a batch at the end of an epoch. carry (ours): the next epoch fills it; drop: they are left out (the authors' drop_last: N-Caltech101, CEP-DVS, N-Omniglot; methods.md 3.4).",
  );

export type Sampling = z.output<typeof samplingSchema>;
export type LastBatch = z.output<typeof lastBatchSchema>;
