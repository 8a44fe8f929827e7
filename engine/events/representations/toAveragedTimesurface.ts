import { z } from 'zod';
import type { EventBatch, SensorSize } from '../eventBatch';
import { POLARITY_CHANNELS } from '../frames';
import { requireTensorSize, zeroTensor } from './eventTensor';
import { defineRepresentation } from './representation';

const schema = z
  .strictObject({
    name: z.literal('ToAveragedTimesurface'),
    surface_size: z.int().positive().default(5).describe('Side of a surface in pixels; odd.'),
    cell_size: z.int().positive().default(10).describe('Side of a cell in pixels.'),
    time_window: z.number().positive().default(1000).describe('How far a surface looks back, in µs.'),
    tau: z.number().positive().default(100).describe('Time constant of the decay in µs.'),
    decay: z.enum(['exp', 'lin']).default('exp').describe('exp: exp(-age / tau); lin: 1 - age / (3 tau).'),
  })
  .refine((settings) => settings.surface_size % 2 === 1, { message: 'surface_size must be odd' })
  .refine((settings) => settings.surface_size <= settings.cell_size, {
    message: 'surface_size must not be larger than cell_size',
  });

type Settings = z.output<typeof schema>;

/** Indices of the events of each cell and polarity, in time order: [cell * 2 + polarity]. */
function localMemories(
  { x, y, polarity }: EventBatch,
  { width, height }: SensorSize,
  cellSize: number,
  columns: number,
  cells: number,
): number[][] {
  const memories: number[][] = Array.from({ length: cells * POLARITY_CHANNELS }, () => []);
  for (let index = 0; index < x.length; index++) {
    if (x[index]! < width && y[index]! < height) {
      const cell = Math.floor(y[index]! / cellSize) * columns + Math.floor(x[index]! / cellSize);
      memories[cell * POLARITY_CHANNELS + polarity[index]!]!.push(index);
    }
  }
  return memories;
}

/** Adds the surface of the `position`-th event of a memory: itself, and the earlier ones around it. */
function addSurface(
  sums: Float64Array,
  { t, x, y }: EventBatch,
  memory: readonly number[],
  position: number,
  settings: Settings,
): void {
  const { surface_size: size, time_window: window, tau } = settings;
  const decay =
    settings.decay === 'exp' ? (age: number) => Math.exp(-age / tau) : (age: number) => 1 - age / (3 * tau);
  const radius = (size - 1) / 2;
  const event = memory[position]!;
  const oldest = Math.max(0, t[event]! - window);
  sums[radius * size + radius]! += 1;
  for (let earlier = position - 1; earlier >= 0 && t[memory[earlier]!]! >= oldest; earlier--) {
    const other = memory[earlier]!;
    const right = x[other]! - x[event]!;
    const down = y[other]! - y[event]!;
    if (Math.abs(right) <= radius && Math.abs(down) <= radius) {
      sums[(down + radius) * size + right + radius]! += decay(t[event]! - t[other]!);
    }
  }
}

/**
 * tonic's ToAveragedTimesurface (HATS, Sironi et al. 2018): the mean over the events of a cell and polarity of the
 * surface around each, which sums the decayed events of the same cell and polarity within `time_window` before it and
 * 1 for itself. Cells are numbered along rows; [cells, 2, surface_size, surface_size]. (tonic holds times as 32-bit
 * floats; here they are exact.)
 */
export const TO_AVERAGED_TIMESURFACE = defineRepresentation({
  title: 'Averaged time surface (ToAveragedTimesurface)',
  description: 'Mean time surface around the events of each cell of the sensor.',
  schema,
  compute(events, sensor, settings) {
    const { cell_size: cellSize, surface_size: size } = settings;
    const columns = Math.ceil(sensor.width / cellSize);
    const cells = columns * Math.ceil(sensor.height / cellSize);
    const shape = [cells, POLARITY_CHANNELS, size, size] as const;
    requireTensorSize(shape);
    const whole = { start: events.t[0] ?? 0, end: events.t.at(-1) ?? 0 };
    const memories = localMemories(events, sensor, cellSize, columns, cells);
    const tensor = zeroTensor(shape, () =>
      Array.from({ length: cells }, (_, cell) => ({
        ...whole,
        events: memories[cell * 2]!.length + memories[cell * 2 + 1]!.length,
      })),
    );
    memories.forEach((memory, place) => {
      const sums = new Float64Array(size * size);
      memory.forEach((_, position) => {
        addSurface(sums, events, memory, position, settings);
      });
      tensor.data.set(
        sums.map((sum) => sum / Math.max(1, memory.length)),
        place * size * size,
      );
    });
    return tensor;
  },
});
