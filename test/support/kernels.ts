/** The wasm backend's alternatives, forced in turn: what its lowering chooses by size or shape otherwise. */
import type { KernelChoices } from "../../src/backends/wasm/lower/context.ts";

/** Choices that concern different kernels stand together. */
const ALTERNATIVES: readonly KernelChoices[] = [
  { conv: "direct", matmul: "tiles", reduce: "rows" },
  { conv: "unfold", matmul: "vectors", reduce: "columns" },
  { conv: "winograd" },
];

export const FORCED: readonly KernelChoices[] = [
  ...ALTERNATIVES,
  ...ALTERNATIVES.map((kernels) => ({ ...kernels, pieces: "small" as const })),
];

/** `direct, tiles, rows, small` */
export const nameOf = (kernels: KernelChoices): string => Object.values(kernels).join(", ");
