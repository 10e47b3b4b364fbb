/** The one error type that Heddle throws on purpose. */

/**
 * Says which op or layer was wrong, the rule, what was got and what was expected:
 * `[matmul] inner dimensions must agree: got [128, 784] × [512, 10]`.
 */
export class HeddleError extends Error {
  /** Always `HeddleError`. */
  override readonly name = "HeddleError";

  constructor(
    /** The op, layer or component that complains, e.g. `matmul`. */
    readonly where: string,
    rule: string,
    options?: ErrorOptions,
  ) {
    super(`[${where}] ${rule}`, options);
  }
}

/** Throws a {@link HeddleError}; an expression, so that it can end a `??` or a ternary. */
export function fail(where: string, rule: string): never {
  throw new HeddleError(where, rule);
}

/** Fails where a caller broke an internal promise: a bug in Heddle, never the user's fault. */
export function invariant(condition: unknown, what: string): asserts condition {
  if (!condition) throw new HeddleError("internal", `${what}; please report this as a bug`);
}
