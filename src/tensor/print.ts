/** The recorded graph of tensors as text. */
import { print as printNodes } from "../graph/print.ts";
import type { Tensor } from "./tensor.ts";

/** One line per recorded op, inputs first: `%3 = matmul(%1, %2) float32 [128, 10]`. Values already read are leaves. */
export const print = (...tensors: readonly Tensor[]): string => printNodes(...tensors.map((t) => t.node));
