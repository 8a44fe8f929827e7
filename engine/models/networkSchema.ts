import { z } from 'zod';

const channels = z.int().min(1).max(4096);
const name = z
  .string()
  .regex(/^[A-Za-z0-9_.]+$/)
  .optional()
  .describe('Prefix of the parameter names in checkpoints. Default: feature.<index>.');
const stride = z.int().min(1).max(2).default(1).describe('Pixels between two positions of the kernel.');

const convolutionFields = {
  name,
  channels: channels.describe('Output channels.'),
  kernelSize: z
    .union([z.literal(1), z.literal(3), z.literal(5)])
    .default(3)
    .describe('Height and width of the kernel, in pixels.'),
  stride,
};
const blockFields = { name, channels: channels.describe('Output channels.'), stride };
const poolSize = z.int().min(2).max(8).default(2).describe('Height, width and stride, in pixels.');
const units = z.int().min(1).max(65_536);

/** One layer of a network description; layers run in order on [streams*steps*batch, H, W, C]. */
export const layerSchema = z.discriminatedUnion('type', [
  z
    .strictObject({ type: z.literal('spiking-convolution'), ...convolutionFields })
    .describe('Convolution without bias, BatchNorm with statistics per time step, neurons (methods.md 2.1).'),
  z
    .strictObject({
      type: z.literal('convolution'),
      ...convolutionFields,
      padding: z.int().min(0).max(2).optional().describe('Zero padding in pixels. Default: half the kernel.'),
    })
    .describe('Convolution without bias.'),
  z.strictObject({ type: z.literal('neurons'), name }).describe('Spiking neurons alone.'),
  z
    .strictObject({ type: z.literal('linear'), name, units: units.describe('Outputs.') })
    .describe('Linear map of all pixels and channels, with bias.'),
  z
    .strictObject({ type: z.literal('residual-block'), ...blockFields })
    .describe('Pre-activation block: conv(LIF(BN(conv(LIF(BN(x)))))) + shortcut (methods.md 2.2).'),
  z
    .strictObject({ type: z.literal('sew-block'), ...blockFields })
    .describe('Spike-element-wise block: LIF(BN(conv(LIF(BN(conv(x)))))) + shortcut (ours).'),
  z
    .strictObject({ type: z.literal('batch-norm'), name })
    .describe('BatchNorm with statistics per time step.'),
  z
    .strictObject({
      type: z.literal('dropout'),
      name,
      rate: z.number().min(0).max(0.95).default(0.5).describe('Share of values set to 0.'),
    })
    .describe('Dropout, masks drawn anew at every time step (methods.md 2.4).'),
  z.strictObject({ type: z.literal('flatten'), name }).describe('Nothing; takes up an index, as nn.Flatten.'),
  z.strictObject({ type: z.literal('average-pool'), size: poolSize }).describe('Mean of each square.'),
  z.strictObject({ type: z.literal('max-pool'), size: poolSize }).describe('Maximum of each square.'),
  z.strictObject({ type: z.literal('global-average-pool') }).describe('Mean of all pixels.'),
  z
    .strictObject({ type: z.literal('relu-convolution'), ...convolutionFields })
    .describe('Convolution without bias, BatchNorm, ReLU: for teachers.'),
  z
    .strictObject({ type: z.literal('relu-residual-block'), ...blockFields })
    .describe('Standard residual block with ReLU: for teachers.'),
]);
/** A layer with its defaults filled in. */
export type LayerDescription = z.output<typeof layerSchema>;

const heads = z
  .enum(['separate', 'shared'])
  .optional()
  .describe(
    'separate: a classifier per stream (KTL; default); shared: one for both. What CKD and TMKT do is not known (methods.md 5, 6).',
  );
const baseChannels = channels
  .default(64)
  .describe('Channels of the first stage; each later stage has twice as many (methods.md 2.2).');
const eightChannels = z
  .array(channels)
  .length(8)
  .default([64, 128, 256, 256, 512, 512, 512, 512])
  .describe('Output channels of each block (methods.md 2.1).');

/** A network as data: a preset of any width, or a list of layers. */
export const networkSchema = z.discriminatedUnion('preset', [
  z.strictObject({
    preset: z.literal('vgg-snn').describe('Transfer_VGG_SNN: 8 blocks, 4 pools (methods.md 2.1).'),
    channels: eightChannels,
    heads,
  }),
  z.strictObject({
    preset: z.literal('nmnist-1k').describe('Six blocks and three pools, small enough for a CPU.'),
    channels: z
      .array(channels)
      .length(6)
      .default([8, 16, 32, 32, 64, 64])
      .describe('Output channels of each block.'),
    heads,
  }),
  z.strictObject({
    preset: z.literal('resnet18-snn').describe('Transfer_ResNet18, pre-activation (methods.md 2.2).'),
    baseChannels,
    heads,
  }),
  z.strictObject({
    preset: z.literal('resnet34-snn').describe('Transfer_ResNet34: 3, 4, 6, 3 blocks (methods.md 2.2).'),
    baseChannels,
    heads,
  }),
  z.strictObject({
    preset: z
      .literal('sew-resnet18')
      .describe('SEW-ResNet-18 with two heads: an addition of ours; the authors have no transfer version.'),
    baseChannels,
    heads,
  }),
  z.strictObject({
    preset: z
      .literal('scnn')
      .describe(
        'Transfer_SCNN for N-Omniglot, 28 x 28: no BatchNorm, one classifier for both streams (methods.md 2.3).',
      ),
    channels: z
      .array(channels)
      .length(2)
      .default([15, 40])
      .describe('Output channels of both convolutions (methods.md 2.3).'),
    units: units.default(300).describe('Spiking neurons before the classifier (methods.md 2.3).'),
  }),
  z.strictObject({
    preset: z
      .literal('nmnist-snn')
      .describe('Transfer_NMNIST_SNN, 34 x 34: dropout, spiking heads that vote (methods.md 2.4).'),
    channels: z
      .array(channels)
      .length(2)
      .default([128, 128])
      .describe('Output channels of both blocks (methods.md 2.4).'),
    units: units.default(2048).describe('Spiking neurons before the heads (methods.md 2.4).'),
    heads,
  }),
  z.strictObject({
    preset: z
      .literal('vgg-ann')
      .describe('Teacher: 8 blocks of convolution, BatchNorm, ReLU; 4 max pools (ours).'),
    channels: eightChannels,
  }),
  z.strictObject({
    preset: z.literal('resnet18-ann').describe('Teacher: standard ResNet-18 with a 3 x 3 stem (ours).'),
    baseChannels,
  }),
  z.strictObject({
    preset: z.literal('layers').describe('A list of layers of your own.'),
    layers: z.array(layerSchema).min(1).describe('The layers in order, before the heads.'),
    feature: z
      .enum(['membrane', 'output'])
      .default('membrane')
      .describe(
        'What the alignment compares: the membrane potential of the last neurons, or the last layer output.',
      ),
    heads,
  }),
]);
export type NetworkConfiguration = z.output<typeof networkSchema>;

/** Networks without spikes: teachers only. */
export function isAnn({ preset }: Pick<NetworkConfiguration, 'preset'>): boolean {
  return preset === 'vgg-ann' || preset === 'resnet18-ann';
}
