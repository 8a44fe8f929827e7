import { pieceStart, zeroFloats } from './vector';

/**
 * Average pooling without padding: x [images, height, width, channels], y [images, outHeight, outWidth, channels].
 * The gradient needs windows that do not overlap; there y holds dy and x receives dx.
 */
@unmanaged
class PoolArgs {
  x: usize;
  y: usize;
  images: i32;
  height: i32;
  width: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  windowHeight: i32;
  windowWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  chunks: i32;
}

/** One run of output rows. */
export function averagePool(args: usize, chunk: i32): void {
  const a = changetype<PoolArgs>(args);
  const total = a.images * a.outHeight;
  const end = pieceStart(total, a.chunks, chunk + 1);
  const scale: f32 = 1 / <f32>(a.windowHeight * a.windowWidth);
  const rowBytes = a.width * a.channels << 2;
  for (let row = pieceStart(total, a.chunks, chunk); row < end; row++) {
    const image = row / a.outHeight;
    const first = image * a.height + (row - image * a.outHeight) * a.strideHeight;
    let x = a.x + first * rowBytes;
    let y = a.y + (row * a.outWidth * a.channels << 2);
    const halves = a.windowHeight == 2 && a.windowWidth == 2 && (a.channels & 3) == 0;
    for (let column = 0; column < a.outWidth; column++) {
      if (halves) averageTwoByTwo(x, y, a.channels << 2, rowBytes);
      else averageWindow(a, x, y, rowBytes, scale);
      x += a.strideWidth * a.channels << 2;
      y += a.channels << 2;
    }
  }
}

/** The common window of 2 x 2 with whole vectors of channels. */
// @ts-ignore: decorator
@inline
function averageTwoByTwo(x: usize, y: usize, pixel: i32, rowBytes: i32): void {
  const quarter = f32x4.splat(0.25);
  const end = x + pixel;
  for (; x < end; x += 16) {
    const top = f32x4.add(v128.load(x), v128.load(x + pixel));
    const below = x + rowBytes;
    const bottom = f32x4.add(v128.load(below), v128.load(below + pixel));
    v128.store(y, f32x4.mul(f32x4.add(top, bottom), quarter));
    y += 16;
  }
}

// @ts-ignore: decorator
@inline
function averageWindow(a: PoolArgs, x: usize, y: usize, rowBytes: i32, scale: f32): void {
  const pixel = a.channels << 2;
  let c = 0;
  for (; c + 4 <= a.channels; c += 4) {
    let sum = f32x4.splat(0);
    for (let dy = 0; dy < a.windowHeight; dy++) {
      const row = x + dy * rowBytes + (c << 2);
      for (let dx = 0; dx < a.windowWidth; dx++) sum = f32x4.add(sum, v128.load(row + dx * pixel));
    }
    v128.store(y + (c << 2), f32x4.mul(sum, f32x4.splat(scale)));
  }
  for (; c < a.channels; c++) {
    let sum: f32 = 0;
    for (let dy = 0; dy < a.windowHeight; dy++) {
      const row = x + dy * rowBytes + (c << 2);
      for (let dx = 0; dx < a.windowWidth; dx++) sum += load<f32>(row + dx * pixel);
    }
    store<f32>(y + (c << 2), sum * scale);
  }
}

/** One run of input rows; a window's gradient is shared equally among its inputs. */
export function averagePoolGradient(args: usize, chunk: i32): void {
  const a = changetype<PoolArgs>(args);
  const total = a.images * a.height;
  const end = pieceStart(total, a.chunks, chunk + 1);
  const scale: f32 = 1 / <f32>(a.windowHeight * a.windowWidth);
  const rowFloats = a.width * a.channels;
  for (let row = pieceStart(total, a.chunks, chunk); row < end; row++) {
    const image = row / a.height;
    const inImage = row - image * a.height;
    const outRow = inImage / a.strideHeight;
    const target = a.x + (row * rowFloats << 2);
    if (outRow >= a.outHeight || inImage - outRow * a.strideHeight >= a.windowHeight) {
      zeroFloats(target, rowFloats);
    } else {
      shareRow(a, a.y + ((image * a.outHeight + outRow) * a.outWidth * a.channels << 2), target, scale);
    }
  }
}

function shareRow(a: PoolArgs, source: usize, target: usize, scale: f32): void {
  const pixel = a.channels << 2;
  const gap = a.strideWidth - a.windowWidth;
  let column = 0;
  for (let outColumn = 0; outColumn < a.outWidth; outColumn++) {
    for (let x = 0; x < a.windowWidth; x++) {
      scaleFloats(source, target, a.channels, scale);
      target += pixel;
    }
    column += a.strideWidth;
    source += pixel;
    if (gap > 0) {
      const zeros = min(gap, a.width - column + gap);
      zeroFloats(target, zeros * a.channels);
      target += zeros * pixel;
    }
  }
  if (column < a.width) zeroFloats(target, (a.width - column) * a.channels);
}

// @ts-ignore: decorator
@inline
function scaleFloats(source: usize, target: usize, count: i32, scale: f32): void {
  const factor = f32x4.splat(scale);
  let i: usize = 0;
  for (; i < <usize>((count & ~3) << 2); i += 16) {
    v128.store(target + i, f32x4.mul(v128.load(source + i), factor));
  }
  for (; i < <usize>(count << 2); i += 4) {
    store<f32>(target + i, load<f32>(source + i) * scale);
  }
}
