/** Where values come from: memory, per-call scalars, index and random generators. None has a gradient. */
import type { DType } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { normalizeAxis, type Shape } from "../base/shape.ts";
import type { OpDef, Spec } from "../graph/node.ts";

/** An argument of a compiled function, by its position among the flattened arguments. */
export const feed: OpDef<Spec & { index: number }> = {
  name: "feed",
  kind: "memory",
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
};

/** A value that the runtime keeps; the runtime defines what `storage` is. */
export const stored: OpDef<Spec & { storage: object }> = {
  name: "stored",
  kind: "memory",
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  key: ({ shape, dtype }) => `${dtype}[${shape.join()}]`,
};

/** A state inside a trace, as it is when the compiled function starts. */
export const state: OpDef<Spec & { state: object }> = {
  name: "state",
  kind: "memory",
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  key: ({ shape, dtype }) => `${dtype}[${shape.join()}]`,
};

/** A number that is read anew at every execution (a learning rate, a counter), or a literal. */
export interface ScalarSource {
  readonly value: number;
  /** True when `value` never changes. */
  readonly literal?: boolean;
}

/** Only these literals are part of a plan's structure; all others are written per call. */
export const isStructural = (s: ScalarSource): boolean =>
  s.literal === true && (s.value === 0 || s.value === 1 || s.value === -1) && !Object.is(s.value, -0);

interface ScalarAttrs {
  readonly source: ScalarSource;
  readonly dtype: DType;
}

export const scalar: OpDef<ScalarAttrs> = {
  name: "scalar",
  kind: "scalar",
  infer: (_, { dtype }) => ({ shape: [], dtype }),
  flops: () => 0,
  key: ({ source, dtype }) => (isStructural(source) ? `${dtype} ${source.value}` : dtype),
};

/** 0, 1, 2, … along one axis, int32. */
export const iota: OpDef<{ shape: Shape; axis: number }> = {
  name: "iota",
  kind: "generator",
  infer: (_, { shape, axis }) => {
    normalizeAxis("iota", axis, shape.length);
    return { shape, dtype: "int32" };
  },
  flops: () => 0,
};

/**
 * 32 random bits per element: Philox 4×32-10 of the element's index.
 * Inputs: key0, key1, counter, uint32 scalars. Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011).
 */
export const randomBits: OpDef<{ shape: Shape }> = {
  name: "randomBits",
  kind: "generator",
  infer: (inputs, { shape }) => {
    if (inputs.length !== 3 || inputs.some((i) => i.dtype !== "uint32" || i.shape.length > 0)) {
      fail("randomBits", "expects three uint32 scalars: key0, key1, counter");
    }
    return { shape, dtype: "uint32" };
  },
  // Ten rounds of two multiplications and four xors or additions make four words.
  flops: (node) => 15 * node.shape.reduce((n, d) => n * d, 1),
};
