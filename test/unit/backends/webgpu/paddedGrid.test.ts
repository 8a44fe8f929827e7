import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ConvolutionShape } from '../../../../engine/backends/webgpu/shaders/convolutionShape';
import {
  fitsPaddedGrid,
  paddedGrid,
  readableRows,
} from '../../../../engine/backends/webgpu/shaders/paddedGrid';

function shapeOf(frames: number, height: number, width: number, kernel: number): ConvolutionShape {
  const padding = (kernel - 1) / 2;
  return {
    ...{ frames, height, width, inputChannels: 32, outputChannels: 64 },
    ...{ outputHeight: height, outputWidth: width, kernelHeight: kernel, kernelWidth: kernel },
    ...{ stride: 1, paddingTop: padding, paddingLeft: padding },
  };
}

const shapes = fc
  .tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
    fc.constantFrom(3, 5),
  )
  .map((sizes) => shapeOf(...sizes));

/** Position of every pixel, by "frame,y,x". */
function pixelPositions({ frames, height, width, rowLength, frameLength }: ReturnType<typeof paddedGrid>) {
  const positions = new Map<number, string>();
  for (let frame = 0; frame < frames; frame++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        positions.set(frame * frameLength + y * rowLength + x, [frame, y, x].join());
      }
    }
  }
  return positions;
}

describe('the padded grid of pixels', () => {
  it('has every neighbour at a fixed distance, and zeros beyond the edges', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), fc.nat(), fc.nat(), (shape, pixel, tapY, tapX) => {
        const grid = paddedGrid(shape);
        const pixels = pixelPositions(grid);
        const [position, place] = [...pixels][pixel % pixels.size] as [number, string];
        const [frame, y, x] = place.split(',').map(Number) as [number, number, number];
        const offset = (tap: number) => (tap % shape.kernelWidth) - shape.paddingLeft;
        const [row, column] = [y + offset(tapY), x + offset(tapX)];
        const isInside = row >= 0 && row < shape.height && column >= 0 && column < shape.width;
        const neighbour = pixels.get(position + offset(tapY) * grid.rowLength + offset(tapX));
        assert.equal(neighbour, isInside ? [frame, row, column].join() : undefined);
      }),
      { numRuns: 2000 },
    );
  });

  it('covers the neighbourhoods of a row of positions', () => {
    const grid = paddedGrid(shapeOf(2, 6, 6, 3));
    assert.equal(grid.reach, 8);
    assert.equal(grid.positions, 2 * 7 * 7);
    assert.equal(readableRows(grid, 16), 32);
  });

  it('takes only convolutions that keep the size', () => {
    const shape = shapeOf(1, 8, 8, 3);
    assert.equal(fitsPaddedGrid(shape), true);
    assert.equal(fitsPaddedGrid({ ...shape, stride: 2 }), false);
    assert.equal(fitsPaddedGrid({ ...shape, paddingLeft: 0 }), false);
    assert.equal(
      fitsPaddedGrid({ ...shape, kernelHeight: 1, kernelWidth: 1, paddingTop: 0, paddingLeft: 0 }),
      false,
    );
  });
});
