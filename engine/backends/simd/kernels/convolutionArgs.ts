/**
 * Arguments of the convolution jobs; written word by word by engine/backends/simd/convolution.ts in this order.
 * Forward: x [images, height, width, channels] -> y [images, outHeight, outWidth, outChannels]. `outStride` is outChannels
 * rounded up to a multiple of 4: the row length of `filter` [kernelHeight, kernelWidth, channels, outStride].
 * Input gradient: y holds dy, x receives dx, `filter` is flipped [kernelHeight, kernelWidth, outStride, channelStride].
 * Filter gradient: y holds dy, the result goes to `partials`.
 */
@unmanaged
export class ConvolutionArgs {
  x: usize;
  filter: usize;
  y: usize;
  images: i32;
  height: i32;
  width: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  outStride: i32;
  /** channels rounded up to a multiple of 4: the row length of the flipped filter. */
  channelStride: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  stride: i32;
  padding: i32;
  /** The rows (of all images) are cut into this many pieces, one per chunk. */
  chunks: i32;
  /** Output (forward) or input (gradients) rows handled at once: bounds the scratch memory. */
  bandRows: i32;
  /** Share of nonzero inputs from which the dense path is faster. */
  denseFrom: f32;
  /** Filter gradient: partial filters [chunks, kernelHeight, kernelWidth, channels, outStride]. */
  partials: usize;
  /** Forward: the filter as [kernelWidth, kernelHeight, channels, outStride]. */
  gatherFilter: usize;
  /** A table of 16 byte shuffles, counts and lane numbers (see spikeLists.ts). */
  table: usize;
}
