/** Tensor methods that work element by element. Two operands broadcast as in NumPy; numbers are weak scalars. */
import type { DType } from "../base/dtype.ts";
import { checkDType } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { make } from "../graph/builder.ts";
import type { Node, PointwiseOp } from "../graph/node.ts";
import * as composites from "../ops/composites.ts";
import { core } from "../ops/core.ts";
import { abs, add, max, min, mul, neg, rem, sign, sub } from "../ops/elementwise/arithmetic.ts";
import { and, not, or, shl, shr, xor } from "../ops/elementwise/bitwise.ts";
import { eq, ge, gt, isNaN as isNan, le, lt, ne } from "../ops/elementwise/comparison.ts";
import { exp, expm1, log, log1p, pow, rsqrt, sqrt } from "../ops/elementwise/exponential.ts";
import { ceil, floor, round } from "../ops/elementwise/rounding.ts";
import { bitcast } from "../ops/elementwise/select.ts";
import { cos, erf, sin, tanh } from "../ops/elementwise/trigonometric.ts";
import { Handle, type Operand } from "./handle.ts";

export abstract class Elementwise extends Handle {
  private float(row: PointwiseOp<1>): this {
    return this.of(core.unary(row, this.floats));
  }

  private same(row: PointwiseOp<1>): this {
    return this.of(core.unary(row, this.dtype === "bool" ? core.cast(this.node, "int32") : this.node));
  }

  private numeric(row: PointwiseOp<2>, other: Operand<this>): this {
    const [a, b] = this.promoted(other);
    const counted =
      a.dtype === "bool" ? ([core.cast(a, "int32"), core.cast(b, "int32")] as const) : ([a, b] as const);
    return this.of(core.binary(row, ...counted));
  }

  private bitwise(row: PointwiseOp<2>, other: Operand<this>): this {
    return this.of(core.binary(row, ...this.promoted(other)));
  }

  /** x + y */
  add(other: Operand<this>): this {
    return this.numeric(add, other);
  }
  /** x − y */
  sub(other: Operand<this>): this {
    return this.numeric(sub, other);
  }
  /** x · y, element by element */
  mul(other: Operand<this>): this {
    return this.numeric(mul, other);
  }
  /** x / y; integers become float32, as in NumPy. */
  div(other: Operand<this>): this {
    const [a, b] = this.promoted(other);
    return this.of(core.div(core.cast(a, "float32"), core.cast(b, "float32")));
  }
  /** The remainder of truncated division, with the sign of x; integers by 0 give 0. */
  rem(other: Operand<this>): this {
    return this.numeric(rem, other);
  }
  /** The remainder of floored division, with the sign of y, as Python's `%`. */
  mod(other: Operand<this>): this {
    const [a, b] = this.promoted(other);
    const rest = core.binary(rem, a, b);
    // Compared by sign: their product could overflow.
    const negative = (x: Node): Node => core.binary(lt, x, 0);
    const differs = core.binary(and, core.binary(ne, rest, 0), core.binary(xor, negative(rest), negative(b)));
    return this.of(core.where(differs, core.add(rest, b), rest));
  }
  /** x to the power of y */
  pow(other: Operand<this>): this {
    if (other === 2) return this.square();
    const [a, b] = this.promoted(other);
    return this.of(core.binary(pow, core.cast(a, "float32"), core.cast(b, "float32")));
  }
  /** The larger of x and y; NaN wins. */
  maximum(other: Operand<this>): this {
    return this.numeric(max, other);
  }
  /** The smaller of x and y; NaN wins. */
  minimum(other: Operand<this>): this {
    return this.numeric(min, other);
  }
  /** x limited to [low, high]. */
  clip(low: number, high: number): this {
    if (!(low <= high)) fail("clip", `low must not be above high: got ${low} and ${high}`);
    return this.maximum(low).minimum(high);
  }

  /** x = y, bool; NaN equals nothing. */
  equal(other: Operand<this>): this {
    return this.bitwise(eq, other);
  }
  /** x ≠ y, bool; true where one is NaN. */
  notEqual(other: Operand<this>): this {
    return this.bitwise(ne, other);
  }
  /** x < y, bool */
  less(other: Operand<this>): this {
    return this.numeric(lt, other);
  }
  /** x ≤ y, bool */
  lessEqual(other: Operand<this>): this {
    return this.numeric(le, other);
  }
  /** x > y, bool */
  greater(other: Operand<this>): this {
    return this.numeric(gt, other);
  }
  /** x ≥ y, bool */
  greaterEqual(other: Operand<this>): this {
    return this.numeric(ge, other);
  }

  /** Logical and of bools, bitwise and of integers. */
  and(other: Operand<this>): this {
    return this.bitwise(and, other);
  }
  /** Logical or of bools, bitwise or of integers. */
  or(other: Operand<this>): this {
    return this.bitwise(or, other);
  }
  /** Logical xor of bools, bitwise xor of integers. */
  xor(other: Operand<this>): this {
    return this.bitwise(xor, other);
  }
  /** Logical not of bools, bitwise not of integers. */
  not(): this {
    return this.of(core.unary(not, this.node));
  }
  /** x · 2^y of integers */
  shiftLeft(other: Operand<this>): this {
    return this.bitwise(shl, other);
  }
  /** ⌊x / 2^y⌋ of integers */
  shiftRight(other: Operand<this>): this {
    return this.bitwise(shr, other);
  }

  /** −x */
  neg(): this {
    return this.same(neg);
  }
  /** |x| */
  abs(): this {
    return this.same(abs);
  }
  /** −1, 0 or 1; NaN stays. */
  sign(): this {
    return this.same(sign);
  }
  /** x² */
  square(): this {
    return this.mul(this);
  }
  /** 1 / x */
  reciprocal(): this {
    return this.of(core.div(1, this.floats));
  }
  /** eˣ */
  exp(): this {
    return this.float(exp);
  }
  /** eˣ − 1, exact near 0 */
  expm1(): this {
    return this.float(expm1);
  }
  /** The natural logarithm; NaN below 0. */
  log(): this {
    return this.float(log);
  }
  /** ln(1 + x), exact near 0 */
  log1p(): this {
    return this.float(log1p);
  }
  /** √x; NaN below 0. */
  sqrt(): this {
    return this.float(sqrt);
  }
  /** 1 / √x */
  rsqrt(): this {
    return this.float(rsqrt);
  }
  /** The sine of x in radians. */
  sin(): this {
    return this.float(sin);
  }
  /** The cosine of x in radians. */
  cos(): this {
    return this.float(cos);
  }
  /** (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ) */
  tanh(): this {
    return this.float(tanh);
  }
  /** The error function. */
  erf(): this {
    return this.float(erf);
  }
  /** The largest integer not above x. */
  floor(): this {
    return this.float(floor);
  }
  /** The smallest integer not below x. */
  ceil(): this {
    return this.float(ceil);
  }
  /** Half to even, as in NumPy. */
  round(): this {
    return this.float(round);
  }
  /** Whether x is NaN, bool */
  isNaN(): this {
    return this.float(isNan);
  }

  /** max(x, 0); its gradient at 0 is 0. */
  relu(): this {
    return this.of(composites.relu(this.floats));
  }
  /** min(max(x, 0), 6) */
  relu6(): this {
    return this.of(composites.relu6(this.floats));
  }
  /** x above 0, `slope` · x below; slope 0.2 by default, as Keras has it since version 3. */
  leakyRelu(slope = 0.2): this {
    return this.of(composites.leakyRelu(this.floats, slope));
  }
  /** x above 0, α(eˣ − 1) below. Clevert et al. 2015. */
  elu(alpha = 1): this {
    return this.of(composites.elu(this.floats, alpha));
  }
  /** x · Φ(x); `approximate` takes the tanh form. Hendrycks & Gimpel 2016. */
  gelu(options: { approximate?: boolean } = {}): this {
    return this.of(composites.gelu(this.floats, options.approximate));
  }
  /** x · sigmoid(x), also called swish. */
  silu(): this {
    return this.of(composites.silu(this.floats));
  }
  /** 1 / (1 + e⁻ˣ) */
  sigmoid(): this {
    return this.of(composites.sigmoid(this.floats));
  }
  /** ln(1 + eˣ), without overflow */
  softplus(): this {
    return this.of(composites.softplus(this.floats));
  }
  /** eˣ / Σ eˣ along `axis` (the last by default) */
  softmax(axis = -1): this {
    return this.of(composites.softmax(this.floats, axis));
  }
  /** ln softmax(x) along `axis` (the last by default), without underflow */
  logSoftmax(axis = -1): this {
    return this.of(composites.logSoftmax(this.floats, axis));
  }

  /** The values as another dtype: floats truncate and saturate to integers, NaN becomes 0, bool is x ≠ 0. */
  cast(dtype: DType): this {
    return this.of(core.cast(this.node, checkDType("cast", dtype)));
  }
  /** The same 32 bits as another dtype. */
  bitcast(dtype: DType): this {
    return this.of(make(bitcast, [this.node], { dtype: checkDType("bitcast", dtype) }));
  }
  /** The same value, through which no gradient flows. */
  stopGradient(): this {
    return this.of(composites.detach(this.node));
  }
}
