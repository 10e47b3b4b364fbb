/**
 * Steps that the interpreter runs as one, which saves passes over the tile: products and their sum, the bounds of a
 * sum (bias or batch norm, then relu), a comparison and what it chooses, the step of an optimizer that divides by a
 * root. A step is taken over only where nobody else reads it.
 */
import { Op } from "../../../assembly/opcodes.ts";
import type { TileStep } from "./assemble.ts";
import { float32Word } from "./command.ts";

type Constant = (word: number) => TileStep;

const INFINITY = float32Word(Infinity);

/** Counts readers of every step that the roots need. */
export function countUses(roots: readonly TileStep[]): void {
  const pending = [...roots];
  for (let step = pending.pop(); step; step = pending.pop()) {
    if (step.uses++ === 0) pending.push(...step.args);
  }
}

/** Joins a step with what it reads; steps come in the order of the program. `constant` makes a step of a word. */
export function fuse(step: TileStep, constant: Constant): void {
  if (step.uses === 0 || step.uniform) return;
  if (step.op === Op.AddF || step.op === Op.SubF) {
    if (!fuseRootStep(step)) fuseProduct(step);
  }
  if (step.op === Op.MaxF || step.op === Op.MinF) fuseClamp(step, constant);
  else if (step.op === Op.Where) fuseComparison(step);
}

const isOwn = (step: TileStep, op: Op): boolean => step.op === op && step.uses === 1 && !step.uniform;

/** a · b ± c, or the sum of two products. */
function fuseProduct(step: TileStep): void {
  const [a, b] = step.args;
  const product = isOwn(a, Op.MulF) ? a : isOwn(b, Op.MulF) ? b : undefined;
  if (!product) return;
  const other = product === a ? b : a;
  const isSum = step.op === Op.AddF;
  step.op = isSum ? Op.MulAdd : product === a ? Op.MulSub : Op.NegMulAdd;
  take(step, product, [...product.args, other]);
  if (!isSum || !isOwn(other, Op.MulF)) return;
  step.op = Op.ProductSum;
  take(step, other, [...product.args, ...other.args]);
}

/** a − b · rate / (√c + offset). */
function fuseRootStep(step: TileStep): boolean {
  const [a, quotient] = step.args;
  if (step.op !== Op.SubF || !isOwn(quotient, Op.DivF)) return false;
  const [product, sum] = quotient.args;
  if (!isOwn(product, Op.MulF) || !isOwn(sum, Op.AddF)) return false;
  const [b, rate] = product.args;
  const [root, offset] = sum.args;
  if (!isOwn(root, Op.Sqrt) || !rate.uniform || !offset.uniform) return false;
  for (const taken of [quotient, product, sum, root]) taken.uses = 0;
  step.op = Op.RootStep;
  step.args = [a, b, root.args[0], rate, offset];
  return true;
}

/** A sum, or anything else, that no element leaves the bounds of. */
function fuseClamp(step: TileStep, constant: Constant): void {
  const number = (value: number): TileStep => constant(float32Word(value));
  const bound = step.args.find((arg) => arg.uniform);
  if (!bound) return;
  const isLow = step.op === Op.MaxF;
  const value = step.args[0] === bound ? step.args[1] : step.args[0];
  step.op = Op.MulAddClamp;
  if (!isLow && isOwn(value, Op.MulAddClamp) && value.args[4].word === INFINITY) {
    take(step, value, [...value.args.slice(0, 4), bound]);
    return;
  }
  const bounds = isLow ? [bound, number(Infinity)] : [number(-Infinity), bound];
  if (isOwn(value, Op.MulAdd)) take(step, value, [...value.args, ...bounds]);
  else if (isOwn(value, Op.AddF)) take(step, value, [value.args[0], number(1), value.args[1], ...bounds]);
  else step.args = [value, number(1), number(-0), ...bounds];
}

/** where(a < b, x, y). */
function fuseComparison(step: TileStep): void {
  const [condition, x, y] = step.args;
  if (!isOwn(condition, Op.LtF)) return;
  step.op = Op.WhereLess;
  take(step, condition, [...condition.args, x, y]);
}

function take(step: TileStep, from: TileStep, args: readonly TileStep[]): void {
  from.uses = 0;
  step.args = args;
}
