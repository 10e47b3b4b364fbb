/**
 * What a row of the elementwise table is: an op that makes each element of its output from one element of each input.
 * Its forms in WGSL and wasm carry the row's name in tables of their backend, so that a program ships one of them.
 */
import type { DType } from "../../base/dtype.ts";
import { fail } from "../../base/errors.ts";
import { sameShape, showShape } from "../../base/shape.ts";
import type { Core, Node, PointwiseOp, Spec } from "../../graph/node.ts";

const ACCEPTED = {
  float: ["float32"],
  number: ["float32", "int32", "uint32"],
  integer: ["int32", "uint32", "bool"],
  any: ["float32", "int32", "uint32", "bool"],
} as const satisfies Record<string, readonly DType[]>;

/** Dtypes that a row accepts. */
export type Accepts = keyof typeof ACCEPTED;
export type AcceptedDType<A extends Accepts> = (typeof ACCEPTED)[A][number];

type Scalar = (...operands: number[]) => number;
/** Gradients of the operands `x` for the gradient `dy` of the output `y`; those in `y` save memory. */
type Gradient = (c: Core, dy: Node, y: Node, ...x: Node[]) => readonly (Node | undefined)[];

export interface Row<
  Name extends string = string,
  Operands extends number = number,
  A extends Accepts = Accepts,
  Attrs = null,
> extends PointwiseOp<Operands, Attrs> {
  readonly name: Name;
  readonly accepts: A;
  /** The op on float64 numbers; integers are wrapped to their dtype afterwards. */
  readonly js: Scalar;
}

interface RowOptions {
  /** Without one, nothing before the op learns from it. */
  readonly gradient?: Gradient;
  /** The output's dtype where it is not the operands'. */
  readonly result?: DType;
  /** Simple vector operations per element; default 1. */
  readonly cost?: number;
  /** The same for integers, where that differs. */
  readonly integerCost?: number;
}

export function row<const Name extends string, A extends Accepts, S extends Scalar>(
  name: Name,
  accepts: A,
  js: S,
  { gradient, result, cost = 1, integerCost = cost }: RowOptions = {},
): Row<Name, Parameters<S>["length"], A> {
  const dtypes: readonly DType[] = ACCEPTED[accepts];
  return {
    name,
    kind: "pointwise",
    accepts,
    operands: js.length as Parameters<S>["length"],
    js,
    infer(inputs) {
      const [x] = inputs;
      checkOperands(name, inputs, js.length);
      if (!dtypes.includes(x.dtype)) fail(name, `expects ${dtypes.join(" or ")}: got ${x.dtype}`);
      return { shape: x.shape, dtype: result ?? x.dtype };
    },
    vjp:
      gradient &&
      ((core, node, dy) => (node.dtype === "float32" ? gradient(core, dy, node, ...node.inputs) : [])),
    cost: (dtype) => (dtype === "float32" ? cost : integerCost),
  };
}

/** All of one shape and dtype. */
export function checkOperands(name: string, inputs: readonly Spec[], count: number): void {
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

/** A truth value as the number that a bool holds. */
export const bool = (b: boolean): number => (b ? 1 : 0);
