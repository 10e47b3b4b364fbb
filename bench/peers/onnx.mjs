// Just enough of the ONNX format to write a model: protocol-buffer fields by number (onnx.proto3).

function varint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}

const field = (number, value) => {
  if (typeof value === "number") return Uint8Array.from([...varint(number * 8), ...varint(value)]);
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return join(Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes);
};

const join = (...parts) => new Uint8Array(Buffer.concat(parts));

const TYPES = { float: 1, int64: 7 };
const KINDS = { integer: 2, integers: 7 };

const dimension = (extent) => field(1, field(1, extent));
const valueInfo = ({ name, shape }) => {
  const tensorType = join(field(1, TYPES.float), field(2, join(...shape.map(dimension))));
  return join(field(1, name), field(2, field(1, tensorType)));
};
/** An integer or a list of integers. */
const attribute = ([name, value]) =>
  Array.isArray(value)
    ? join(field(1, name), ...value.map((v) => field(8, v)), field(20, KINDS.integers))
    : join(field(1, name), field(3, value), field(20, KINDS.integer));
const constant = ([name, { shape, values }]) =>
  join(
    ...shape.map((extent) => field(1, extent)),
    field(2, values instanceof BigInt64Array ? TYPES.int64 : TYPES.float),
    field(8, name),
    field(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  );
const node = ({ operator, inputs, output, attributes }) =>
  join(
    ...inputs.map((name) => field(1, name)),
    field(2, output),
    field(4, operator),
    ...Object.entries(attributes).map((entry) => field(5, attribute(entry))),
  );

/** A graph in the making; values are names. */
export class Builder {
  #nodes = [];
  #inputs = [];
  #constants = new Map();

  input(name, shape) {
    this.#inputs.push({ name, shape });
    return name;
  }

  /** `values` are float32, or int64 as a list of bigints. */
  constant(values, shape = [values.length]) {
    const name = `c${this.#constants.size}`;
    this.#constants.set(name, { shape, values: Array.isArray(values) ? BigInt64Array.from(values) : values });
    return name;
  }

  add(operator, inputs, attributes = {}) {
    const output = `v${this.#nodes.length}`;
    this.#nodes.push({ operator, inputs, output, attributes });
    return output;
  }

  /** The bytes of a model that returns `value` as `y`. */
  finish(value, shape) {
    const y = { operator: "Identity", inputs: [value], output: "y", attributes: {} };
    const graph = join(
      ...[...this.#nodes, y].map((made) => field(1, node(made))),
      field(2, "benchmark"),
      ...[...this.#constants].map((entry) => field(5, constant(entry))),
      ...this.#inputs.map((input) => field(11, valueInfo(input))),
      field(12, valueInfo({ name: "y", shape })),
    );
    return join(field(1, 9), field(7, graph), field(8, field(2, 20))); // IR version 9, opset 20
  }
}
