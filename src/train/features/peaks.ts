/** The largest magnitude in the output of every layer of a step: infinite or NaN where training breaks down. */
import { within } from "../../graph/context.ts";
import { WITNESS, type Witness } from "../../nn/context.ts";
import { Tensor } from "../../tensor/tensor.ts";

interface Peaks<R> {
  readonly result: R;
  /** A scalar per layer, in the order in which they compute. */
  readonly peaks: readonly Tensor[];
  /** The paths of the layers. */
  readonly layers: readonly string[];
}

/** Runs `fn`, which applies modules, and looks at what they give. */
export function peaksOf<R>(fn: () => R): Peaks<R> {
  const peaks: Tensor[] = [];
  const layers: string[] = [];
  const witness: Witness = (path, results) => {
    for (const node of results.filter(({ dtype }) => dtype === "float32")) {
      peaks.push(new Tensor(node).abs().max());
      layers.push(path);
    }
  };
  const result = within([WITNESS.as(witness)], fn);
  return { result, peaks, layers };
}
