/** Kinds of options that are common. Each is called with the default: `momentum: fraction(0.9)`. */
import { checkShape, type Shape } from "../shape.ts";
import { show } from "../show.ts";
import { type Kind, kind, type Option } from "./schema.ts";

const integerFrom = (value: unknown, least: number): boolean =>
  Number.isInteger(value) && (value as number) >= least;
const numberBetween = (value: unknown, isInside: (value: number) => boolean): boolean =>
  Number.isFinite(value) && isInside(value as number);

/** 1, 2, 3, … */
export const count = /* @__PURE__ */ kind<number>((v) =>
  integerFrom(v, 1) ? "" : "must be a positive integer",
);
/** 0, 1, 2, … */
export const fromZero = /* @__PURE__ */ kind<number>((v) =>
  integerFrom(v, 0) ? "" : "must be an integer of at least 0",
);
/** An integer. */
export const integer = /* @__PURE__ */ kind<number>((v) => (Number.isInteger(v) ? "" : "must be an integer"));
/** A finite number. */
export const number = /* @__PURE__ */ kind<number>((v) => (Number.isFinite(v) ? "" : "must be a number"));
/** A number above 0. */
export const positive = /* @__PURE__ */ kind<number>((v) =>
  numberBetween(v, (n) => n > 0) ? "" : "must be a positive number",
);
/** A number from 0 up. */
export const notNegative = /* @__PURE__ */ kind<number>((v) =>
  numberBetween(v, (n) => n >= 0) ? "" : "must be a number of at least 0",
);
/** A number in [0, 1): nothing up to all but all. */
export const fraction = /* @__PURE__ */ kind<number>((v) =>
  numberBetween(v, (n) => n >= 0 && n < 1) ? "" : "must lie in [0, 1)",
);
/** A number in (0, 1). */
export const openFraction = /* @__PURE__ */ kind<number>((v) =>
  numberBetween(v, (n) => n > 0 && n < 1) ? "" : "must lie between 0 and 1",
);
/** True or false. */
export const flag = /* @__PURE__ */ kind<boolean>((v) =>
  typeof v === "boolean" ? "" : "must be true or false",
);
/** Lengths of axes. */
export const shape = /* @__PURE__ */ kind<Shape>((v, where) => void checkShape(where, v as Shape));

/** One of the names: `oneOf("mean", "sum")("mean")`. */
export const oneOf = <const T extends string>(...names: readonly T[]): Kind<T> => {
  const list = names.map(show).join(", ");
  const rule = `must be ${list.replace(/, ([^,]*)$/, " or $1")}`;
  return kind<T>((v) => (names.includes(v as T) ? "" : rule));
};

const anything = (): string => "";

/** Any value: whoever takes the option checks it in use. */
export const unchecked = <T>(): Option<T> => kind<T>(anything)();
