/** A graph as text, one node a line, inputs first. */
import type { Node } from "./node.ts";
import { topological } from "./walk.ts";

/** `%3 = matmul(%1, %2) float32 [128, 10]` for every node that the roots need. */
export function print(...roots: readonly Node[]): string {
  const order = topological(roots);
  const names = new Map(order.map((n, i) => [n, `%${i}`]));
  return order
    .map((node) => {
      const inputs = node.inputs.map((i) => names.get(i)).join(", ");
      return `${names.get(node)} = ${node.op.name}(${inputs})${attributes(node)} ${node.dtype} [${node.shape.join(", ")}]`;
    })
    .join("\n");
}

function attributes({ attrs }: Node): string {
  if (!attrs || typeof attrs !== "object") return "";
  const shown = Object.entries(attrs)
    .map(([name, value]) =>
      name === "source" ? String((value as { value: number }).value) : shownAs(name, value),
    )
    .filter((text) => text !== "");
  return shown.length > 0 ? ` {${shown.join(", ")}}` : "";
}

function shownAs(name: string, value: unknown): string {
  const plain = ["string", "number", "boolean"].includes(typeof value) || Array.isArray(value);
  return plain && name !== "dtype" && name !== "shape" ? `${name}: ${JSON.stringify(value)}` : "";
}
