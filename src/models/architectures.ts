/** Networks by name, and what they cost. */
import { fail } from "../base/errors.ts";
import type { LayerRow } from "../nn/rows.ts";
import type { Sequential } from "../nn/sequential.ts";
import { countOf } from "../nn/variable.ts";
import { cnn, mlp, wideMlp } from "./classic.ts";

export const architectures = { mlp, "wide-mlp": wideMlp, cnn } as const satisfies Record<
  string,
  () => Sequential
>;

export type ArchitectureName = keyof typeof architectures;

/** A network without its weights. */
export interface Architecture {
  readonly name: ArchitectureName;
  readonly parameters: number;
  readonly trainable: number;
  /** For one sample: 2 × multiply-adds. */
  readonly flops: number;
  readonly layers: readonly LayerRow[];
}

/** @throws HeddleError when there is no such network */
export function architecture(name: string): Sequential {
  if (!Object.hasOwn(architectures, name)) {
    fail("model", `must be one of ${Object.keys(architectures).join(", ")}: got ${JSON.stringify(name)}`);
  }
  return architectures[name as ArchitectureName]();
}

/** Layers, output shapes, parameters and flops. Allocates no weights. @throws HeddleError as {@link architecture} */
export function inspectArchitecture(name: string): Architecture {
  const net = architecture(name);
  const layers = net.inspect();
  return {
    name: name as ArchitectureName,
    parameters: countOf(net.parameters()),
    trainable: countOf(net.trainableParameters()),
    flops: layers.reduce((sum, { flops }) => sum + flops, 0),
    layers,
  };
}
