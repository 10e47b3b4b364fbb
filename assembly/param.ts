/** Reading of a kernel's parameter words. */

// @ts-ignore: decorator
@inline
export function param(p: usize, index: i32): i32 {
  return load<i32>(p + (<usize>index << 2));
}

/**
 * Byte offset of matrix `index` of a batch. The batch axes are described from word `rank` on: their number, then
 * per axis (size, bytes in operand 1, bytes in operand 2).
 */
export function batchOffset(p: usize, rank: i32, index: i32, operand: i32): usize {
  let offset: i32 = 0;
  for (let axis = param(p, rank) - 1; axis >= 0; axis--) {
    const at = rank + 1 + 3 * axis;
    const size = param(p, at);
    offset += (index % size) * param(p, at + operand);
    index /= size;
  }
  return <usize>offset;
}
