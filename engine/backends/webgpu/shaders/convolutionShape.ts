/** Sizes of one convolution, known when its shader is generated. Pixels are numbered frame by frame, row by row. */
export interface ConvolutionShape {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly stride: number;
  /** Zero padding above and to the left of the input; below and to the right it follows from the output's size. */
  readonly paddingTop: number;
  readonly paddingLeft: number;
}

/** How the values of a tensor lie in its buffer. `bits`: one bit per value, bit k of word w is value 32 w + k. */
export type ElementFormat = 'f32' | 'f16' | 'bits';

/** The key of a shape in caches of pipelines. */
export function shapeKey(shape: ConvolutionShape): string {
  return Object.values(shape).join(',');
}
