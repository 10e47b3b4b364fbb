/** How a kernel reports an index out of range: the first to count up writes what was wrong. */
import type { Shader } from "./shader.ts";

export const STATUS_OPS = ["gather", "scatter", "scatterAdd"] as const;

/** Declares `checked(index, length)`, which clamps an index and reports it when it is out of range. */
export function declareChecked(shader: Shader, op: (typeof STATUS_OPS)[number]): void {
  const status = shader.status();
  shader.declare(`
fn checked(index: i32, length: u32) -> u32 {
  if (index >= 0 && u32(index) < length) { return u32(index); }
  if (atomicAdd(&${status}[0], 1u) == 0u) {
    atomicStore(&${status}[1], ${STATUS_OPS.indexOf(op)}u);
    atomicStore(&${status}[2], bitcast<u32>(index));
    atomicStore(&${status}[3], length);
  }
  return u32(clamp(index, 0, i32(length) - 1));
}`);
}
