/**
 * The jobs that the WebAssembly module can run. Read by both compilers: AssemblyScript (kernels/index.ts) and
 * TypeScript (the callers).
 */
export enum KernelId {
  PadFilter = 0,
  FlipFilter = 1,
  Convolution = 2,
  ConvolutionInputGradient = 3,
  ConvolutionFilterGradient = 4,
  ReducePartials = 5,
  BatchNormSums = 6,
  BatchNormNormalise = 7,
  BatchNormGradientSums = 8,
  BatchNormGradientApply = 9,
  ChannelAffine = 10,
  Lif = 11,
  LifGradient = 12,
  AdamW = 13,
  AveragePool = 14,
  AveragePoolGradient = 15,
  MatrixProduct = 16,
  WinogradFilter = 17,
  WinogradInputGradient = 18,
  Binary = 19,
  SumRows = 20,
  SumColumns = 21,
  ExchangeFilter = 22,
  NormalisedLif = 23,
  NormalisedLifGradient = 24,
}
