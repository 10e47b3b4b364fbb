// Just enough of the ONNX format to write a model of one node: protocol-buffer fields by number (onnx.proto3).

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

const FLOAT = 1;
const INTS = 7;

const dimension = (extent) => field(1, field(1, extent));
const valueInfo = ({ name, shape }) => {
  const tensorType = join(field(1, FLOAT), field(2, join(...shape.map(dimension))));
  return join(field(1, name), field(2, field(1, tensorType)));
};
const attribute = ([name, values]) =>
  join(field(1, name), ...values.map((v) => field(8, v)), field(20, INTS));
const constant = ({ name, shape, values }) =>
  join(
    ...shape.map((extent) => field(1, extent)),
    field(2, FLOAT),
    field(8, name),
    field(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  );

/** A model with one node. `inputs` with `values` are constants of the model; `attributes` are lists of integers. */
export function model(operator, { inputs, output, attributes = {} }) {
  const node = join(
    ...inputs.map(({ name }) => field(1, name)),
    field(2, output.name),
    field(4, operator),
    ...Object.entries(attributes).map((entry) => field(5, attribute(entry))),
  );
  const graph = join(
    field(1, node),
    field(2, operator),
    ...inputs.filter(({ values }) => values).map((input) => field(5, constant(input))),
    ...inputs.filter(({ values }) => !values).map((input) => field(11, valueInfo(input))),
    field(12, valueInfo(output)),
  );
  return join(field(1, 8), field(7, graph), field(8, field(2, 17))); // IR version 8, opset 17
}
