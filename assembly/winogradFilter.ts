/** The kernel of a Winograd convolution: U = G g Gᵀ per pair of channels, as 16 matrices of packed panels. */
import { param } from "./param";
import { WinogradParam } from "./params";

/** One panel of 8 columns. */
export function winogradFilter(p: usize, chunk: i32, _scratch: usize): void {
  const depth = param(p, WinogradParam.Channels), columns = param(p, WinogradParam.Columns);
  const rowBytes = <usize>param(p, WinogradParam.RowBytes);
  const columnBytes = <usize>param(p, WinogradParam.ColumnBytes);
  const tapBytes = param(p, WinogradParam.TapBytes);
  const panelBytes = <usize>depth << 5;
  const matrixBytes = <usize>((columns + 7) >> 3) * panelBytes;
  const first = chunk << 3;
  const from = <usize>param(p, WinogradParam.Kernel) + <usize>first * columnBytes;
  let to = <usize>param(p, WinogradParam.Filter) + <usize>chunk * panelBytes;
  for (let k = 0; k < depth; k++, to += 32) {
    const row = from + <usize>k * rowBytes;
    transformKernel(row, columnBytes, tapBytes, to, matrixBytes);
    if (first + 4 < columns) transformKernel(row + 4 * columnBytes, columnBytes, tapBytes, to + 16, matrixBytes);
  }
}

/** Four columns of one row of the kernel, to the same place of each of the 16 matrices. */
function transformKernel(from: usize, columnBytes: usize, tapBytes: i32, to: usize, matrixBytes: usize): void {
  const half = f32x4.splat(0.5);
  for (let x = 0; x < 4; x++) {
    // Column x of G g Gᵀ: the three rows of g Gᵀ there, then G on them.
    const g0 = kernelAcross(from, columnBytes, tapBytes, x);
    const g1 = kernelAcross(from + <usize>(3 * tapBytes), columnBytes, tapBytes, x);
    const g2 = kernelAcross(from + <usize>(6 * tapBytes), columnBytes, tapBytes, x);
    const ends = f32x4.mul(half, f32x4.add(g0, g2)), middle = f32x4.mul(half, g1);
    const at = to + <usize>x * matrixBytes;
    v128.store(at, g0);
    v128.store(at + 4 * matrixBytes, f32x4.add(ends, middle));
    v128.store(at + 8 * matrixBytes, f32x4.sub(ends, middle));
    v128.store(at + 12 * matrixBytes, g2);
  }
}

/** Entry `x` of (row of the kernel) · Gᵀ. */
// @ts-ignore: decorator
@inline
function kernelAcross(from: usize, columnBytes: usize, tapBytes: i32, x: i32): v128 {
  if (x == 0) return columnsAt(from, columnBytes);
  const g2 = columnsAt(from + <usize>(2 * tapBytes), columnBytes);
  if (x == 3) return g2;
  const ends = f32x4.add(columnsAt(from, columnBytes), g2), g1 = columnsAt(from + <usize>tapBytes, columnBytes);
  return f32x4.mul(f32x4.splat(0.5), x == 1 ? f32x4.add(ends, g1) : f32x4.sub(ends, g1));
}

// @ts-ignore: decorator
@inline
function columnsAt(from: usize, columnBytes: usize): v128 {
  if (columnBytes == 4) return v128.load(from);
  const first = f32x4.splat(load<f32>(from));
  return f32x4.replace_lane(
    f32x4.replace_lane(f32x4.replace_lane(first, 1, load<f32>(from + columnBytes)), 2, load<f32>(from + 2 * columnBytes)),
    3, load<f32>(from + 3 * columnBytes),
  );
}
