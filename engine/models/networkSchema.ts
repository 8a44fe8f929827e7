import { z } from 'zod';

const channels = z.int().min(1).max(4096);
const name = z
  .string()
  .regex(/^[A-Za-z0-9_.]+$/)
  .optional()
  .describe('Prefix of the parameter names in checkpoints. Default: feature.<index>.');

const convolutionFields = {
  name,
  channels: channels.describe('Output channels.'),
  kernelSize: z.union([z.literal(1), z.literal(3), z.literal(5)]).default(3),
  stride: z.int().min(1).max(2).default(1),
};

/** One layer of a network description; layers run in order on [streams*steps*batch, H, W, C]. */
export const layerSchema = z.discriminatedUnion('type', [
  z
    .strictObject({ type: z.literal('spiking-convolution'), ...convolutionFields })
    .describe('Convolution without bias, BatchNorm with statistics per time step, LIF (methods.md 2.1).'),
  z
    .strictObject({ type: z.literal('convolution'), ...convolutionFields })
    .describe('Convolution without bias.'),
  z
    .strictObject({
      type: z.literal('residual-block'),
      name,
      channels,
      stride: z.int().min(1).max(2).default(1),
    })
    .describe('Pre-activation block: conv(LIF(BN(conv(LIF(BN(x)))))) + shortcut (methods.md 2.2).'),
  z
    .strictObject({ type: z.literal('batch-norm'), name })
    .describe('BatchNorm with statistics per time step.'),
  z.strictObject({ type: z.literal('average-pool'), size: z.int().min(2).max(8).default(2) }),
  z.strictObject({ type: z.literal('global-average-pool') }),
]);
/** A layer with its defaults filled in. */
export type LayerDescription = z.output<typeof layerSchema>;

/** A network as data: a preset of any width, or a list of layers. */
export const networkSchema = z.discriminatedUnion('preset', [
  z.strictObject({
    preset: z.literal('vgg-snn').describe('Transfer_VGG_SNN: 8 blocks, 4 pools (methods.md 2.1).'),
    channels: z.array(channels).length(8).default([64, 128, 256, 256, 512, 512, 512, 512]),
  }),
  z.strictObject({
    preset: z.literal('nmnist-1k').describe('Six blocks and three pools, small enough for a CPU.'),
    channels: z.array(channels).length(6).default([8, 16, 32, 32, 64, 64]),
  }),
  z.strictObject({
    preset: z.literal('resnet18-snn').describe('Transfer_ResNet18, pre-activation (methods.md 2.2).'),
    baseChannels: channels.default(64),
  }),
  z.strictObject({
    preset: z.literal('layers').describe('A list of layers of your own.'),
    layers: z.array(layerSchema).min(1),
    feature: z
      .enum(['membrane', 'output'])
      .default('membrane')
      .describe(
        'What the alignment compares: the membrane potential of the last LIF, or the last layer output.',
      ),
  }),
]);
export type NetworkConfiguration = z.output<typeof networkSchema>;
