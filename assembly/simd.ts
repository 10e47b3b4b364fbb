/** The few vector operations that differ between the plain and the relaxed binary, and shared shuffles. */

/** a · b + c per lane; fused where the relaxed binary's machine fuses. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}
