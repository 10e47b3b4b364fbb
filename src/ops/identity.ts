/** Ops that pass their value through and matter to autograd alone. */
import type { Node, OpDef } from "../graph/node.ts";

/** A fresh leaf for a gradient's input: two equal inputs stay two. */
export const alias: OpDef<null> = {
  name: "alias",
  kind: "identity",
  infer: ([x]) => x,
  vjp: (_, __, dy) => [dy],
};

export const stopGradient: OpDef<null> = {
  name: "stopGradient",
  kind: "identity",
  infer: ([x]) => x,
};

/** The value of input 0, whose gradient the user gives for inputs 1…: `vjp(dy)`. */
export const customGrad: OpDef<{ vjp: (dy: Node) => readonly (Node | undefined)[] }> = {
  name: "customGrad",
  kind: "identity",
  infer: ([x]) => x,
  vjp: (_, node, dy) => [undefined, ...node.attrs.vjp(dy)],
  key: () => "",
};

/** The same value in memory of its own. */
export const contiguous: OpDef<null> = {
  name: "contiguous",
  kind: "identity",
  infer: ([x]) => x,
  vjp: (_, __, dy) => [dy],
};
