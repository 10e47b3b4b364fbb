/**
 * The elementwise table: one row per pointwise op, with its dtype rule, its meaning on the host and its gradient.
 * Its WGSL form (`gpu/scalar.ts`) and its tile opcodes (`assembly/opcodes.ts`) carry the row's name: they live
 * with their backend so that a program ships one of them. Gradients prefer the output `y` to the input.
 */
import type { DType } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { sameShape, showShape } from "../base/shape.ts";
import type { Core, Node, OpDef, Spec } from "../graph/node.ts";

/** Dtypes that a row accepts. */
type Accepts = "float" | "number" | "integer" | "any";

interface Row extends OpDef<ElementwiseAttrs> {
  /** The op on float64 numbers; integers are wrapped to their dtype afterwards. */
  readonly js: (...operands: number[]) => number;
  /** Cheap enough to be computed twice rather than stored. */
  readonly cheap: boolean;
}

/** Only casts carry an attribute. */
export type ElementwiseAttrs = { dtype: DType } | null;

type Grad = (c: Core, dy: Node, y: Node, ...x: Node[]) => readonly (Node | undefined)[];

const ACCEPTED: Record<Accepts, readonly DType[]> = {
  float: ["float32"],
  number: ["float32", "int32", "uint32"],
  integer: ["int32", "uint32", "bool"],
  any: ["float32", "int32", "uint32", "bool"],
};

function row(
  name: string,
  accepts: Accepts,
  js: Row["js"],
  grad?: Grad,
  options: { result?: DType; cheap?: boolean; operands?: number } = {},
): Row {
  return {
    name,
    kind: "pointwise",
    js,
    cheap: options.cheap ?? true,
    infer(inputs) {
      const [x] = inputs;
      checkOperands(name, inputs, options.operands ?? js.length);
      if (!ACCEPTED[accepts].includes(x.dtype)) {
        fail(name, `expects ${ACCEPTED[accepts].join(" or ")}: got ${x.dtype}`);
      }
      return { shape: x.shape, dtype: options.result ?? x.dtype };
    },
    vjp: grad && ((core, node, dy) => (node.dtype === "float32" ? grad(core, dy, node, ...node.inputs) : [])),
    key: (attrs) => (attrs ? attrs.dtype : ""),
  };
}

function checkOperands(name: string, inputs: readonly Spec[], count: number): void {
  if (inputs.length !== count) fail(name, `expects ${count} operands: got ${inputs.length}`);
  const [x] = inputs;
  for (const other of inputs) {
    if (!sameShape(x.shape, other.shape)) {
      fail(name, `operands must have one shape: got ${inputs.map((i) => showShape(i.shape)).join(" and ")}`);
    }
    if (x.dtype !== other.dtype) {
      fail(name, `operands must have one dtype: got ${inputs.map((i) => i.dtype).join(" and ")}`);
    }
  }
}

const costly = { cheap: false };
const compare = { result: "bool" as const };
const bool = (b: boolean): number => (b ? 1 : 0);

/** erf by its Taylor series or the continued fraction of erfc: to float64 precision, for the reference. */
export function erf(x: number): number {
  const z = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (z > 6) return Math.sign(x);
  if (z < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (z + fraction);
  return Math.sign(x) * (1 - Math.exp(-z * z) / (Math.sqrt(Math.PI) * (z + fraction)));
}

/** Half to even, as NumPy rounds. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

const maxOf = (a: number, b: number): number =>
  Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b);
const minOf = (a: number, b: number): number =>
  Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.min(a, b);

/** As in C: 1 to any power and −1 to an infinite one are 1, where JavaScript has NaN. */
const power = (a: number, b: number): number =>
  a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b;

/** At a tie each operand gets half, as in PyTorch and JAX. */
const extremumGrad: Grad = (c, dy, y, a, b) => {
  const half = c.where(c.binary("eq", a, b), 0.5, 1);
  const share = (x: Node): Node => c.where(c.binary("eq", x, y), c.mul(dy, half), 0);
  return [share(a), share(b)];
};

const rows = [
  row(
    "neg",
    "number",
    (x) => -x,
    (c, dy) => [c.neg(dy)],
  ),
  row("abs", "number", Math.abs, (c, dy, _, x) => [c.mul(dy, c.unary("sign", x))]),
  row("exp", "float", Math.exp, (c, dy, y) => [c.mul(dy, y)], costly),
  row("expm1", "float", Math.expm1, (c, dy, y) => [c.mul(dy, c.add(y, 1))], costly),
  row("log", "float", Math.log, (c, dy, _, x) => [c.div(dy, x)], costly),
  row("log1p", "float", Math.log1p, (c, dy, _, x) => [c.div(dy, c.add(x, 1))], costly),
  row("sqrt", "float", Math.sqrt, (c, dy, y) => [c.div(c.mul(dy, 0.5), y)]),
  row(
    "rsqrt",
    "float",
    (x) => 1 / Math.sqrt(x),
    (c, dy, y) => [c.mul(c.mul(dy, -0.5), c.mul(y, c.mul(y, y)))],
  ),
  row("sin", "float", Math.sin, (c, dy, _, x) => [c.mul(dy, c.unary("cos", x))], costly),
  row("cos", "float", Math.cos, (c, dy, _, x) => [c.neg(c.mul(dy, c.unary("sin", x)))], costly),
  row("tanh", "float", Math.tanh, (c, dy, y) => [c.mul(dy, c.sub(1, c.mul(y, y)))], costly),
  row(
    "erf",
    "float",
    erf,
    (c, dy, _, x) => [c.mul(c.mul(dy, 2 / Math.sqrt(Math.PI)), c.exp(c.neg(c.mul(x, x))))],
    costly,
  ),
  row("floor", "float", Math.floor),
  row("ceil", "float", Math.ceil),
  row("round", "float", roundHalfEven),
  row("sign", "number", Math.sign),
  row("isNaN", "float", (x) => bool(Number.isNaN(x)), undefined, compare),
  row("not", "integer", (x) => ~x),

  row(
    "add",
    "number",
    (a, b) => a + b,
    (_, dy) => [dy, dy],
  ),
  row(
    "sub",
    "number",
    (a, b) => a - b,
    (c, dy) => [dy, c.neg(dy)],
  ),
  row(
    "mul",
    "number",
    (a, b) => a * b,
    (c, dy, _, a, b) => [c.mul(dy, b), c.mul(dy, a)],
  ),
  row(
    "div",
    "number",
    (a, b) => a / b,
    (c, dy, y, _, b) => {
      const da = c.div(dy, b);
      return [da, c.neg(c.mul(da, y))];
    },
  ),
  row(
    "rem",
    "number",
    (a, b) => a % b,
    (c, dy, y, a, b) => [dy, c.neg(c.mul(dy, c.div(c.sub(a, y), b)))],
  ),
  row(
    "pow",
    "float",
    power,
    (c, dy, y, a, b) => {
      const da = c.mul(dy, c.where(c.binary("eq", b, 0), 0, c.mul(b, c.binary("pow", a, c.sub(b, 1)))));
      // d/db a^b = a^b ln a; at a = 0 the limit is 0.
      const safe = c.where(c.binary("eq", a, 0), 1, a);
      return [da, c.mul(dy, c.mul(y, c.log(safe)))];
    },
    costly,
  ),
  row("max", "number", maxOf, extremumGrad),
  row("min", "number", minOf, extremumGrad),
  row("eq", "any", (a, b) => bool(a === b), undefined, compare),
  row("ne", "any", (a, b) => bool(a !== b), undefined, compare),
  row("lt", "number", (a, b) => bool(a < b), undefined, compare),
  row("le", "number", (a, b) => bool(a <= b), undefined, compare),
  row("gt", "number", (a, b) => bool(a > b), undefined, compare),
  row("ge", "number", (a, b) => bool(a >= b), undefined, compare),
  row("and", "integer", (a, b) => a & b),
  row("or", "integer", (a, b) => a | b),
  row("xor", "integer", (a, b) => a ^ b),
  row("shl", "integer", (a, b) => a << b),
  row("shr", "integer", (a, b) => a >> b),
] as const;

const where: Row = {
  ...row("where", "any", (condition, a, b) => (condition ? a : b)),
  infer(inputs) {
    if (inputs.length !== 3)
      fail("where", `expects a condition and two operands: got ${inputs.length} inputs`);
    const [condition, a, b] = inputs;
    if (condition.dtype !== "bool") fail("where", `condition must be bool: got ${condition.dtype}`);
    checkOperands("where", [{ ...condition, dtype: a.dtype }, a, b], 3);
    return { shape: a.shape, dtype: a.dtype };
  },
  vjp: (c, { inputs: [condition] }, dy) => [undefined, c.where(condition, dy, 0), c.where(condition, 0, dy)],
};

const cast: Row = {
  ...row("cast", "any", (x) => x),
  infer: ([x], attrs) => ({ shape: x.shape, dtype: attrs!.dtype }),
  vjp: (c, { inputs: [x] }, dy) => [
    x.dtype === "float32" && dy.dtype === "float32"
      ? dy
      : x.dtype === "float32"
        ? c.cast(dy, "float32")
        : undefined,
  ],
};

/** The same 32 bits as another dtype. */
const bitcast: Row = { ...cast, name: "bitcast", vjp: undefined };

/** Every elementwise op by its name. */
export const ELEMENTWISE: ReadonlyMap<string, Row> = new Map(
  [...rows, where, cast, bitcast].map((r) => [r.name, r] as const),
);

export function elementwise(name: string): Row {
  return ELEMENTWISE.get(name) ?? fail("elementwise", `no row named ${name}`);
}
