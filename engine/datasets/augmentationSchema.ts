import { z } from 'zod';

/** `data.augmentation` of a run configuration. */
export const augmentationSchema = z
  .strictObject({
    kind: z
      .enum(['none', 'crop', 'dvs-da', 'noise'])
      .default('none')
      .describe(
        'How training recordings are varied (methods.md 3.2, step 5), one draw for all time steps and both polarities. crop: random crop after zero padding (N-Caltech101, CEP-DVS); dvs-da: crop, horizontal flip and rotation (--DVS-DA); noise: Gaussian noise (--snr). Test recordings stay as they are.',
      ),
    padding: z
      .int()
      .min(0)
      .max(64)
      .optional()
      .describe(
        'crop, dvs-da: zero padding on each side in pixels. Default: S / 12, rounded down; 4 at S = 48.',
      ),
    flipProbability: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('dvs-da: probability of a horizontal flip (methods.md 3.2).'),
    rotationDegrees: z
      .number()
      .min(0)
      .max(180)
      .default(15)
      .describe('dvs-da: largest angle in degrees, in both directions; nearest pixel, zero outside.'),
    noiseDecibels: z
      .number()
      .min(-100)
      .max(100)
      .optional()
      .describe('noise: ratio k of signal to noise in dB; variance = mean(x^2) / 10^(k / 10).'),
  })
  .refine(({ kind, noiseDecibels }) => (kind === 'noise') === (noiseDecibels !== undefined), {
    path: ['noiseDecibels'],
    message: 'noise needs "noiseDecibels", and nothing else has it',
  })
  .describe('Augmentation of the training recordings.');

export type AugmentationConfiguration = z.output<typeof augmentationSchema>;
