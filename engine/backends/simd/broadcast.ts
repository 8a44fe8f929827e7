/** One axis of a broadcast operation: its size, and the strides (in values) of both operands along it. */
export interface BroadcastAxis {
  readonly size: number;
  readonly strideA: number;
  readonly strideB: number;
}

/** Strides of `shape` along the axes of `outShape` (same rank or more); 0 along broadcast axes. */
function stridesOf(shape: readonly number[], outShape: readonly number[]): number[] {
  const strides = outShape.map(() => 0);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] as number;
    if (size > 1) {
      strides[axis + outShape.length - shape.length] = stride;
    }
    stride *= size;
  }
  return strides;
}

/** Whether two neighbouring axes can be walked as one. */
function canMerge(outer: BroadcastAxis, inner: BroadcastAxis): boolean {
  return outer.strideA === inner.strideA * inner.size && outer.strideB === inner.strideB * inner.size;
}

/**
 * The axes of a broadcast operation on two dense operands, outermost first: axes of size 1 left out, neighbours
 * merged where both operands allow.
 * @param outShape the broadcast shape of both.
 */
export function broadcastAxes(
  shapeA: readonly number[],
  shapeB: readonly number[],
  outShape: readonly number[],
): BroadcastAxis[] {
  const [stridesA, stridesB] = [stridesOf(shapeA, outShape), stridesOf(shapeB, outShape)];
  const merged: BroadcastAxis[] = [];
  outShape.forEach((size, axis) => {
    if (size === 1) {
      return;
    }
    const next = { size, strideA: stridesA[axis] as number, strideB: stridesB[axis] as number };
    const last = merged.at(-1);
    if (last && canMerge(last, next)) {
      merged[merged.length - 1] = { ...next, size: last.size * size };
    } else {
      merged.push(next);
    }
  });
  return merged;
}
