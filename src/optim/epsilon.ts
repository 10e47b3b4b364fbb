/** Where ε stands in a division by the root of v: the one convention in which Keras and PyTorch differ. */
import { oneOf } from "../base/options/kinds.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Frameworks whose place of ε an optimizer can take. */
type EpsilonAs = "keras" | "pytorch";

/** The option. */
export const epsilonAs = /* @__PURE__ */ oneOf("keras", "pytorch");

/** √(v + ε) as in Keras, √v + ε as in PyTorch. */
export const rootOf = (v: Tensor, epsilon: number, as: EpsilonAs): Tensor =>
  as === "keras" ? v.add(epsilon).sqrt() : v.sqrt().add(epsilon);
