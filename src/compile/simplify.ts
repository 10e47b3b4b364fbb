/** Local rewrites that hold for every input, applied when a pass makes a node. NaN and infinity stay what they were. */
import { sameShape } from "../base/shape.ts";
import { make } from "../graph/builder.ts";
import { is, type Node, type OpDef } from "../graph/node.ts";
import { core } from "../ops/core.ts";
import { add, div, mul, neg, sub } from "../ops/elementwise/arithmetic.ts";
import { pow } from "../ops/elementwise/exponential.ts";
import { cast } from "../ops/elementwise/select.ts";
import { matmul } from "../ops/matmul.ts";
import { broadcast, permute, reshape } from "../ops/movement.ts";
import { reduce } from "../ops/reduce.ts";
import { isStructural, scalar } from "../ops/sources.ts";

type Inputs = readonly Node[];
type Rewrite = (inputs: Inputs, attrs: unknown) => Node | undefined;

/** The simpler node that equals `op(inputs)`, or undefined. */
export function simplify(op: OpDef, inputs: Inputs, attrs: unknown): Node | undefined {
  return op.kind === "identity" ? inputs[0] : REWRITES.get(op)?.(inputs, attrs);
}

/** What simplifies `op`. The one cast of this table: it hands a rewrite the attributes of its own op. */
const of = <A>(op: OpDef<A>, rewrite: (inputs: Inputs, attrs: A) => Node | undefined): [object, Rewrite] => [
  op,
  rewrite as Rewrite,
];

const REWRITES: ReadonlyMap<object, Rewrite> = new Map([
  of(neg, ([x]) => (is(x, neg) ? x.inputs[0] : undefined)),
  of(add, ([a, b]) => (constant(b) === 0 ? a : constant(a) === 0 ? b : undefined)),
  of(sub, ([a, b]) => (constant(b) === 0 ? a : constant(a) === 0 ? core.neg(b) : undefined)),
  of(mul, ([a, b]) => multiplied(a, constant(b)) ?? multiplied(b, constant(a))),
  of(div, ([a, b]) => (constant(b) === 1 ? a : undefined)),
  of(pow, ([a, b]) => (constant(b) === 1 ? a : undefined)),
  of(cast, ([x], { dtype }) => {
    if (dtype === x.dtype) return x;
    if (!is(x, scalar)) return undefined;
    const { source } = x.attrs;
    const survives = source.value >= 0 || dtype === "int32" || dtype === "float32";
    return isStructural(source) && survives ? make(scalar, [], { source, dtype }) : undefined;
  }),

  of(reshape, ([x], { shape }) => {
    if (sameShape(shape, x.shape)) return x;
    return is(x, reshape) ? core.reshape(x.inputs[0], shape) : undefined;
  }),
  of(broadcast, ([x], { shape }) => {
    if (sameShape(shape, x.shape)) return x;
    return is(x, broadcast) ? core.broadcast(x.inputs[0], shape) : undefined;
  }),
  of(permute, ([x], { axes }) => {
    if (axes.every((a, i) => a === i)) return x;
    if (!is(x, permute)) return undefined;
    const inner = x.attrs.axes;
    return core.permute(
      x.inputs[0],
      axes.map((a) => inner[a]),
    );
  }),

  // Over axes of length 1 every reduction is the element itself.
  of(reduce, ([x], { axes }) => {
    if (x.dtype === "bool" || axes.some((a) => x.shape[a] !== 1)) return undefined;
    return core.reshape(
      x,
      x.shape.filter((_, i) => !axes.includes(i)),
    );
  }),
  // matmul(aᵀ, b) without moving a.
  of(matmul, ([a, b], { transposeA, transposeB }) => {
    const [ta, tb] = [isMatrixTranspose(a), isMatrixTranspose(b)];
    if (!ta && !tb) return undefined;
    return core.matmul(ta ? a.inputs[0] : a, tb ? b.inputs[0] : b, {
      transposeA: transposeA !== ta,
      transposeB: transposeB !== tb,
    });
  }),
]);

/** x · factor, where the factor is known to be 1 or −1. */
function multiplied(x: Node, factor: number | undefined): Node | undefined {
  if (factor === 1) return x;
  return factor === -1 ? core.neg(x) : undefined;
}

/** The structural literal (0, 1 or −1) that fills this node. */
function constant(node: Node): number | undefined {
  let at = node;
  while (is(at, broadcast) || is(at, reshape) || is(at, permute)) at = at.inputs[0];
  return is(at, scalar) && isStructural(at.attrs.source) ? at.attrs.source.value : undefined;
}

function isMatrixTranspose(node: Node): boolean {
  if (!is(node, permute)) return false;
  const { axes } = node.attrs;
  const rank = axes.length;
  return axes.every((a, i) => a === (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i));
}
