import { PANEL, product } from './product';
import { copyFloats, zeroFloats } from './vector';

/**
 * c [batch, rows, columns] = op(a) op(b), cut into blocks of BLOCK_ROWS x BLOCK_COLUMNS, one per chunk. a is
 * [rows, inner], or [inner, rows] if transposeA; b is [inner, columns], or [columns, inner] if transposeB. The
 * batch strides (in floats) are 0 where one matrix serves the whole batch.
 */
@unmanaged
class MatrixProductArgs {
  a: usize;
  b: usize;
  c: usize;
  rows: i32;
  columns: i32;
  inner: i32;
  transposeA: i32;
  transposeB: i32;
  batchStrideA: i32;
  batchStrideB: i32;
}

/** As in engine/backends/simd/matrixProduct.ts. */
const BLOCK_ROWS: i32 = 64;
const BLOCK_COLUMNS: i32 = 256;
const BLOCK_INNER: i32 = 256;

export function matrixProduct(args: usize, chunk: i32, scratch: usize): void {
  const p = changetype<MatrixProductArgs>(args);
  const rowBlocks = (p.rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
  const columnBlocks = (p.columns + BLOCK_COLUMNS - 1) / BLOCK_COLUMNS;
  const batch = chunk / (rowBlocks * columnBlocks);
  const block = chunk - batch * rowBlocks * columnBlocks;
  const row = (block / columnBlocks) * BLOCK_ROWS;
  const column = (block % columnBlocks) * BLOCK_COLUMNS;
  const rows = min(BLOCK_ROWS, p.rows - row);
  const columns = min(BLOCK_COLUMNS, p.columns - column);
  const sumStride = (columns + PANEL - 1) & ~(PANEL - 1);
  const sums = scratch;
  const packedA = sums + (BLOCK_ROWS * BLOCK_COLUMNS << 2);
  const packedB = packedA + (BLOCK_ROWS * BLOCK_INNER << 2);
  const a = p.a + (batch * p.batchStrideA << 2);
  const b = p.b + (batch * p.batchStrideB << 2);
  const paddedRows = (rows + 3) & ~3;
  for (let k = 0; k < p.inner; k += BLOCK_INNER) {
    const inner = min(BLOCK_INNER, p.inner - k);
    packRows(a, p.transposeA != 0, p.transposeA ? p.rows : p.inner, row, rows, k, inner, packedA);
    zeroFloats(packedA + (rows * inner << 2), (paddedRows - rows) * inner);
    packColumns(b, p.transposeB != 0, p.transposeB ? p.inner : p.columns, column, columns, k, inner, packedB);
    product(packedA, packedB, sums, paddedRows, inner, sumStride, k > 0);
  }
  for (let r = 0; r < rows; r++) {
    const target = p.c + (((batch * p.rows + row + r) * p.columns + column) << 2);
    copyFloats(target, sums + (r * sumStride << 2), columns);
  }
}

/** target [rows, inner] from rows `row...` and inner indices `k...` of a. */
function packRows(
  a: usize, transposed: bool, stride: i32, row: i32, rows: i32, k: i32, inner: i32, target: usize,
): void {
  for (let r = 0; r < rows; r++) {
    if (!transposed) {
      copyFloats(target, a + (((row + r) * stride + k) << 2), inner);
      target += inner << 2;
      continue;
    }
    let source = a + ((k * stride + row + r) << 2);
    for (let i = 0; i < inner; i++) {
      store<f32>(target, load<f32>(source));
      target += 4;
      source += stride << 2;
    }
  }
}

/** Panels (product.ts) from inner indices `k...` and columns `column...` of b; columns behind `columns` are garbage. */
function packColumns(
  b: usize, transposed: bool, stride: i32, column: i32, columns: i32, k: i32, inner: i32, target: usize,
): void {
  const panelBytes = inner * PANEL << 2;
  for (let c = 0; c < columns; c += PANEL) {
    if (transposed) {
      packTransposed(b, stride, column + c, min(PANEL, columns - c), k, inner, target);
    } else {
      let source = b + ((k * stride + column + c) << 2);
      for (let to = target; to < target + panelBytes; to += PANEL * 4) {
        v128.store(to, v128.load(source));
        v128.store(to, v128.load(source, 16), 16);
        source += stride << 2;
      }
    }
    target += panelBytes;
  }
}

function packTransposed(b: usize, stride: i32, column: i32, columns: i32, k: i32, inner: i32, target: usize): void {
  let c = 0;
  for (; c + 4 <= columns; c += 4) {
    transposeColumns4(b + (((column + c) * stride + k) << 2), stride << 2, inner, target + (c << 2), PANEL * 4);
  }
  for (; c < columns; c++) {
    const source = b + (((column + c) * stride + k) << 2);
    for (let i = 0; i < inner; i++) {
      store<f32>(target + ((i * PANEL + c) << 2), load<f32>(source + (i << 2)));
    }
  }
}

/** Four rows at `source` become four columns at `target`; strides in bytes. */
function transposeColumns4(source: usize, sourceStride: i32, inner: i32, target: usize, targetStride: i32): void {
  let i = 0;
  for (; i + 4 <= inner; i += 4) {
    const p = source + (i << 2);
    const r0 = v128.load(p), r1 = v128.load(p + sourceStride);
    const r2 = v128.load(p + sourceStride * 2), r3 = v128.load(p + sourceStride * 3);
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    v128.store(target, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
    v128.store(target + targetStride, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
    v128.store(target + targetStride * 2, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
    v128.store(target + targetStride * 3, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
    target += targetStride * 4;
  }
  for (; i < inner; i++) {
    for (let c = 0; c < 4; c++) {
      store<f32>(target + (c << 2), load<f32>(source + c * sourceStride + (i << 2)));
    }
    target += targetStride;
  }
}
