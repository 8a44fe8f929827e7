/**
 * Where sample points lie: `align-corners` puts the first and last on the corner pixels' centres (events,
 * methods.md 3.2 step 4); `half-pixel` maps pixel centres (i + 0.5) onto each other (static images, nmnist-1k.md).
 */
export type SamplePositions = 'align-corners' | 'half-pixel';

/** For each output position: the two input positions it lies between, and the share of the second. */
interface AxisWeights {
  readonly low: Uint16Array;
  readonly high: Uint16Array;
  readonly share: Float32Array;
}

function sourcePosition(index: number, input: number, output: number, positions: SamplePositions): number {
  if (positions === 'align-corners') {
    return output > 1 ? (index * (input - 1)) / (output - 1) : 0;
  }
  return Math.min(input - 1, Math.max(0, ((index + 0.5) * input) / output - 0.5));
}

function axisWeights(input: number, output: number, positions: SamplePositions): AxisWeights {
  const low = new Uint16Array(output);
  const high = new Uint16Array(output);
  const share = new Float32Array(output);
  for (let index = 0; index < output; index++) {
    const position = sourcePosition(index, input, output, positions);
    low[index] = Math.min(input - 1, Math.floor(position));
    high[index] = Math.min(input - 1, low[index]! + 1);
    share[index] = position - low[index]!;
  }
  return { low, high, share };
}

/** A bilinear resize of fixed sizes, its weights computed once. */
export interface BilinearResize {
  /**
   * @param source [inputHeight, inputWidth, channels] at `sourceOffset`.
   * @param target [outputHeight, outputWidth, channels] at `targetOffset`; overwritten.
   */
  apply(source: ArrayLike<number>, sourceOffset: number, target: Float32Array, targetOffset: number): void;
}

/** Sizes of a {@link BilinearResize} in pixels. */
export interface ResizeSizes {
  readonly input: { readonly width: number; readonly height: number };
  readonly output: { readonly width: number; readonly height: number };
  readonly channels: number;
}

/** Makes a bilinear resize without antialiasing; the axes are independent, the aspect ratio is not kept. */
export function bilinearResize(sizes: ResizeSizes, positions: SamplePositions): BilinearResize {
  const { input, output, channels } = sizes;
  const rows = axisWeights(input.height, output.height, positions);
  const columns = axisWeights(input.width, output.width, positions);
  const rowLength = input.width * channels;

  function apply(
    source: ArrayLike<number>,
    sourceOffset: number,
    target: Float32Array,
    targetOffset: number,
  ) {
    let position = targetOffset;
    for (let row = 0; row < output.height; row++) {
      const top = sourceOffset + rows.low[row]! * rowLength;
      const bottom = sourceOffset + rows.high[row]! * rowLength;
      const down = rows.share[row]!;
      for (let column = 0; column < output.width; column++) {
        const left = columns.low[column]! * channels;
        const right = columns.high[column]! * channels;
        const across = columns.share[column]!;
        for (let channel = 0; channel < channels; channel++) {
          const topLeft = source[top + left + channel]!;
          const bottomLeft = source[bottom + left + channel]!;
          const topValue = topLeft + across * (source[top + right + channel]! - topLeft);
          const bottomValue = bottomLeft + across * (source[bottom + right + channel]! - bottomLeft);
          target[position++] = topValue + down * (bottomValue - topValue);
        }
      }
    }
  }
  return { apply };
}
