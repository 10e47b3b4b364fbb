/** Tensors over given nodes, so that cases can be recorded on feeds. */
import type { Node } from "../../src/graph/node.ts";
import type { H, Tensor } from "./case.ts";

export const tensorOf = (h: H, node: Node): Tensor => new h.Tensor(node);
