/**
 * One column of a dataset: a value of one shape and dtype per sample, kept on the host in row-major order.
 * Bytes stay bytes until a batch is made of them (`scale` maps them to numbers then), so that a dataset of pictures
 * takes a quarter of its size as float32.
 */
import { checkDType, type DType, type HostArray, hostArray } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import type { HostTensor } from "../base/host.ts";
import { number, shape } from "../base/options/kinds.ts";
import { kind, type OptionsOf, options, required } from "../base/options/schema.ts";
import { type Shape, showShape, sizeOf } from "../base/shape.ts";
import { show } from "../base/show.ts";

const WHERE = "dataset";

/** Numbers in rows, of any depth. */
export type NestedNumbers = readonly (number | NestedNumbers)[];

const array = /* @__PURE__ */ kind<HostArray | Uint8Array | NestedNumbers>((v) =>
  Array.isArray(v) || ArrayBuffer.isView(v) ? "" : "must be an array or a typed array",
);
const aDType = /* @__PURE__ */ kind<DType>((v, where) => void checkDType(where, v));

const columnOptions = options({
  /** The values. */
  data: required(array()),
  /** Whole shape, samples first. Default: the nesting of arrays, one axis for a typed array. */
  shape: shape(),
  /** Default: the kind of the typed array; float32 for number arrays and bytes. */
  dtype: aDType(),
  /** Every value is multiplied by this when a batch is made (1/255 for bytes of pictures). Default 1. */
  scale: number(1),
});

/** Values with what an array alone does not say. */
export interface ColumnOptions extends OptionsOf<typeof columnOptions> {}

/** What of a Tensor is needed here. */
interface Readable {
  readonly shape: Shape;
  readonly dtype: DType;
  data(): Promise<HostArray>;
}

/** What {@link dataset} makes a column of. */
export type ColumnSource = NestedNumbers | HostArray | Uint8Array | ColumnOptions | Readable;

export class Column {
  /** Resolves when the values of a Tensor have arrived; undefined when they are here. */
  loading: Promise<void> | undefined;
  /** Elements of one sample. */
  readonly size: number;
  #data: HostArray | Uint8Array | undefined;

  constructor(
    data: HostArray | Uint8Array | Promise<HostArray>,
    readonly length: number,
    /** Of one sample. */
    readonly shape: Shape,
    readonly dtype: DType,
    readonly scale = 1,
  ) {
    this.size = sizeOf(shape);
    if (!(data instanceof Promise)) {
      this.#data = data;
      return;
    }
    this.loading = data.then((values) => {
      this.#data = values;
      this.loading = undefined;
    });
    // Reported to whoever awaits `loading`.
    this.loading.catch(() => {});
  }

  get values(): HostArray | Uint8Array {
    return (
      this.#data ??
      fail(
        WHERE,
        "values of a Tensor arrive asynchronously: iterate with `for await`, or await `ready()` first",
      )
    );
  }

  /** Copies sample `row` to element `at` of `out`. */
  copy(row: number, out: HostArray, at: number): void {
    const { values, size, scale } = this;
    const from = row * size;
    if (scale === 1 && size > 1) out.set(values.subarray(from, from + size), at);
    else scaled(values, from, size, scale, out, at);
  }

  sample(row: number): HostTensor {
    const data = hostArray(this.dtype, this.size);
    this.copy(row, data, 0);
    return { data, shape: this.shape, dtype: this.dtype };
  }
}

/**
 * Typed arrays of the column's own kind, and bytes, are taken as they are, not copied.
 * @throws HeddleError when nesting is ragged, a shape does not hold the values, or a value does not fit the dtype.
 */
export function column(source: ColumnSource): Column {
  if (typeof source !== "object" || source === null) fail(WHERE, `a column is an array: got ${show(source)}`);
  if (isReadable(source)) {
    const [length, shape] = samplesFirst(source.shape);
    return new Column(source.data(), length, shape, source.dtype);
  }
  const given = columnOptions.read(WHERE, "data" in source ? source : { data: source });
  const { data, scale, dtype = kindOf(data) } = given;
  if (scale !== 1 && dtype !== "float32") fail(WHERE, `scale makes float32 values: got dtype ${dtype}`);
  const { values, nesting } = isTyped(data) ? { values: data, nesting: [data.length] } : flatten(data);
  const { shape = nesting } = given;
  if (sizeOf(shape) !== values.length) {
    fail(WHERE, `shape ${showShape(shape)} holds ${sizeOf(shape)} values: got ${values.length}`);
  }
  return new Column(narrowed(values, dtype), ...samplesFirst(shape), dtype, scale);
}

/** Apart, so that engines compile the loop for the kinds of array it meets. */
function scaled(
  values: HostArray | Uint8Array,
  from: number,
  size: number,
  scale: number,
  out: HostArray,
  at: number,
): void {
  for (let i = 0; i < size; i++) out[at + i] = values[from + i] * scale;
}

const isReadable = (source: ColumnSource): source is Readable =>
  "data" in source && typeof source.data === "function";
const isTyped = (data: ColumnOptions["data"]): data is HostArray | Uint8Array => ArrayBuffer.isView(data);

/** The dtype of an array that says no other. */
export function kindOf(data: ColumnOptions["data"]): DType {
  if (data instanceof Int32Array) return "int32";
  return data instanceof Uint32Array ? "uint32" : "float32";
}

function samplesFirst(shape: Shape): [length: number, sample: Shape] {
  const [length, ...sample] = shape;
  return length === undefined
    ? fail(WHERE, "the first axis counts the samples: got a scalar")
    : [length, sample];
}

/** `values` as the array of `dtype`; bytes wait until a batch is made. */
function narrowed(values: HostArray | Uint8Array | number[], dtype: DType): HostArray | Uint8Array {
  if (values instanceof Uint8Array && dtype !== "bool") return values;
  const out = hostArray(dtype, values.length);
  if (values.constructor === out.constructor && dtype !== "bool") return values as HostArray;
  out.set(values);
  if (dtype === "float32") return out;
  for (let i = 0; i < out.length; i++) {
    if (out[i] !== values[i] || (dtype === "bool" && out[i] >>> 1 !== 0)) {
      fail(WHERE, `${dtype} does not hold ${values[i]}`);
    }
  }
  return out;
}

/** Row-major values of nested arrays, all of whose levels must be even. */
function flatten(data: NestedNumbers): { values: number[]; nesting: Shape } {
  const nesting: number[] = [];
  for (let level: NestedNumbers | number = data; Array.isArray(level); level = level[0]) {
    nesting.push(level.length);
  }
  const values: number[] = [];
  const visit = (entry: number | NestedNumbers, depth: number): void => {
    if (Array.isArray(entry) && depth < nesting.length && entry.length === nesting[depth]) {
      for (const inner of entry) visit(inner, depth + 1);
    } else if (typeof entry === "number" && depth === nesting.length) {
      values.push(entry);
    } else {
      const got = Array.isArray(entry) ? `${entry.length} entries` : `a ${typeof entry}`;
      const expected = depth < nesting.length ? `${nesting[depth]} entries` : "a number";
      fail(WHERE, `nested arrays must be even: got ${got} at depth ${depth}, expected ${expected}`);
    }
  };
  visit(data, 0);
  return { values, nesting };
}
