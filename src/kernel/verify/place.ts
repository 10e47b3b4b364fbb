/** Where a rule of the kernel language is broken, and the error that says so. */
import { fail } from "../../base/errors.ts";
import type { Kernel, Segment, ValueId, ValueSpec } from "../types.ts";

/** A kernel of a segment, or a part of it, that is being verified. */
export class Place {
  constructor(
    readonly segment: Segment,
    readonly kernel: Kernel,
    private readonly name: string,
  ) {}

  /** A part of the kernel: `step 3`, `operand a`. */
  part(name: string): Place {
    return new Place(this.segment, this.kernel, `${this.name}, ${name}`);
  }

  /** @throws HeddleError that names the kernel, the part and the rule, unless `condition` holds. */
  expect(condition: boolean, rule: () => string): void {
    if (!condition) this.reject(rule());
  }

  reject(rule: string): never {
    return fail("verify", `${this.name}: ${rule}; please report this as a bug`);
  }

  /** The value of an id that the kernel may use. */
  value(id: ValueId): ValueSpec {
    const { values } = this.segment;
    this.expect(isCount(id) && id < values.length, () => `there is no value ${id} among ${values.length}`);
    return values[id];
  }

  /** The value, which has to have this many elements of this dtype. */
  operand(id: ValueId, size: number, dtype: ValueSpec["dtype"]): void {
    const value = this.value(id);
    this.expect(
      value.size === size && value.dtype === dtype,
      () => `value ${id} must be ${size} × ${dtype}: got ${value.size} × ${value.dtype}`,
    );
  }
}

/** Whether a number can be a size, an id or a slot. */
export const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
