/** A tile of a Winograd convolution from its definition, where infinities cancelled to NaN. Slow, and rare. */
import { param } from "./param";
import { WinogradParam } from "./params";

/** Columns [j, j + width) of tile `t` from their definition, unless a source pixel is NaN: then Y is right. */
export function sumDirectly(p: usize, t: i32, j: i32, width: i32): void {
  const height = param(p, WinogradParam.ResultHeight), resultWidth = param(p, WinogradParam.ResultWidth);
  const across = param(p, WinogradParam.TilesAcross), down = param(p, WinogradParam.TilesDown);
  const columns = param(p, WinogradParam.Columns);
  const row = t / across, image = row / down, y0 = 2 * (row % down), x0 = 2 * (t % across);
  if (hasNaN(p, image, y0, x0)) return;
  for (let y = y0; y < min(y0 + 2, height); y++) {
    for (let x = x0; x < min(x0 + 2, resultWidth); x++) {
      const to = <usize>param(p, WinogradParam.Result) +
        (<usize>(((image * height + y) * resultWidth + x) * columns) << 2);
      for (let column = j; column < j + width; column++) {
        store<f32>(to + (<usize>column << 2), <f32>directSum(p, image, y, x, column));
      }
    }
  }
}

function directSum(p: usize, image: i32, y: i32, x: i32, column: i32): f64 {
  const channels = param(p, WinogradParam.Channels);
  const rowBytes = <usize>param(p, WinogradParam.RowBytes), tapBytes = param(p, WinogradParam.TapBytes);
  const kernel = <usize>param(p, WinogradParam.Kernel) + <usize>(column * param(p, WinogradParam.ColumnBytes));
  let sum: f64 = 0;
  for (let tap = 0; tap < 9; tap++) {
    const pixel = sourcePixel(p, image, y + tap / 3, x + tap % 3);
    if (pixel == 0) continue;
    const row = kernel + <usize>(tap * tapBytes);
    for (let k: usize = 0; k < <usize>channels; k++) {
      sum += <f64>load<f32>(pixel + (k << 2)) * <f64>load<f32>(row + k * rowBytes);
    }
  }
  return sum;
}

/** Whether any of the 16 source pixels of the tile at (y, x) of the result holds a NaN. */
function hasNaN(p: usize, image: i32, y: i32, x: i32): bool {
  const bytes = <usize>param(p, WinogradParam.Channels) << 2;
  for (let i = 0; i < 16; i++) {
    const pixel = sourcePixel(p, image, y + i / 4, x + i % 4);
    if (pixel == 0) continue;
    for (let at: usize = 0; at < bytes; at += 4) if (isNaN(load<f32>(pixel + at))) return true;
  }
  return false;
}

/** Address of the source pixel at (y, x) of the padded map; 0 in the padding. */
function sourcePixel(p: usize, image: i32, y: i32, x: i32): usize {
  const height = param(p, WinogradParam.SourceHeight), width = param(p, WinogradParam.SourceWidth);
  y -= param(p, WinogradParam.Top);
  x -= param(p, WinogradParam.Left);
  if (<u32>y >= <u32>height || <u32>x >= <u32>width) return 0;
  const pixel = (image * height + y) * width + x;
  return <usize>param(p, WinogradParam.Source) + (<usize>(pixel * param(p, WinogradParam.Channels)) << 2);
}
