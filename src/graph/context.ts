/**
 * The context: what holds while a function runs, such as the builder, the trace and the training mode. Each part is a
 * key that the floor it belongs to declares; `within` alone changes a part, and puts it back however the function ends.
 */

/** Puts a part of the context in force and returns how to put the former one back. */
type Change = () => () => void;

/** A part of the context. */
export class ContextKey<T> {
  /** The value in force; only {@link within} changes it. */
  value: T;

  constructor(initial: T) {
    this.value = initial;
  }

  /** The change to `value`, for {@link within}. */
  as(value: T): Change {
    return () => {
      const before = this.value;
      this.value = value;
      return () => {
        this.value = before;
      };
    };
  }
}

/** Runs `fn` while the changes are in force. */
export function within<R>(changes: readonly Change[], fn: () => R): R {
  const restore = changes.map((change) => change());
  try {
    return fn();
  } finally {
    for (const undo of restore.reverse()) undo();
  }
}
