import { describe, expect, it } from "vitest";
import type { HostTensor } from "../../src/base/host.ts";
import { type NpyType, readNpy, writeNpy } from "../../src/io/npy.ts";

/** A file of version 1 from the text of its header and its values. */
function made(header: string, values: ArrayBuffer = new ArrayBuffer(0), version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const magic = [0x93, ...new TextEncoder().encode("NUMPY")];
  const length = version === 1 ? [text.length, 0] : [text.length, 0, 0, 0];
  return Uint8Array.from([...magic, version, 0, ...length, ...text, ...new Uint8Array(values)]);
}

const header = (descr: string, shape: string, fortran = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;

const int32 = (values: number[], shape = [values.length]): HostTensor => ({
  data: new Int32Array(values),
  shape,
  dtype: "int32",
});

/** The layout of numpy.save: values start at byte 128. */
const saved = (text: string, values: ArrayBuffer, version = 1) =>
  made(`${text.padEnd(version === 1 ? 117 : 115)}\n`, values, version);

describe("files of NumPy", () => {
  it("reads big-endian values in Fortran order", () => {
    const values = new Uint8Array([0, 0, 0, 3, 0, 1, 0, 4, 0, 2, 0, 5]).buffer;
    const file = saved("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }", values);
    expect(readNpy(file)).toEqual(int32([0, 1, 2, 3, 4, 5], [2, 3]));
  });

  it("reads version 3 and a scalar", () => {
    const text = "{'descr': '|u1', 'fortran_order': False, 'shape': (), }";
    expect(readNpy(saved(text, new Uint8Array([7]).buffer, 3))).toEqual(int32([7], []));
  });

  it("writes the bytes that numpy.save writes", () => {
    const data = new Float32Array([1.5, -2]);
    const text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
    expect(writeNpy({ data, shape: [2], dtype: "float32" })).toEqual(saved(text, data.buffer));
  });

  it("reads entries in any order, long integers of Python 2, a header of version 2", () => {
    const text = "{'shape': (2L,), 'fortran_order': False, 'descr': '=i4'}";
    expect(readNpy(made(text, new Int32Array([1, 2]).buffer, 2))).toEqual(int32([1, 2]));
  });
});

describe("element types", () => {
  it("narrows every one", () => {
    const cases: [string, ArrayBuffer, HostTensor["dtype"], number[]][] = [
      ["|b1", new Uint8Array([1, 0]).buffer, "bool", [1, 0]],
      ["|i1", new Int8Array([-1, 127]).buffer, "int32", [-1, 127]],
      ["|u1", new Uint8Array([255, 0]).buffer, "int32", [255, 0]],
      ["<i2", new Int16Array([-300, 300]).buffer, "int32", [-300, 300]],
      ["<u2", new Uint16Array([65535, 1]).buffer, "int32", [65535, 1]],
      ["<i4", new Int32Array([-(2 ** 31), 1]).buffer, "int32", [-(2 ** 31), 1]],
      ["<u4", new Uint32Array([2 ** 32 - 1, 1]).buffer, "uint32", [2 ** 32 - 1, 1]],
      ["<i8", new BigInt64Array([-5n, 2147483647n]).buffer, "int32", [-5, 2147483647]],
      ["<u8", new BigUint64Array([0n, 4294967295n]).buffer, "uint32", [0, 4294967295]],
      ["<f2", new Uint16Array([0x3c00, 0xc100]).buffer, "float32", [1, -2.5]],
      ["<f4", new Float32Array([1.5, -0]).buffer, "float32", [1.5, -0]],
      ["<f8", new Float64Array([0.1, Number.NaN]).buffer, "float32", [Math.fround(0.1), Number.NaN]],
      [">f4", new Uint8Array([0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0]).buffer, "float32", [1, -2]],
    ];
    for (const [descr, raw, dtype, values] of cases) {
      const { data, ...rest } = readNpy(made(header(descr, "(2,)"), raw));
      expect([descr, [...data], rest]).toEqual([descr, values, { shape: [2], dtype }]);
    }
  });

  it("writes every one and reads it again", () => {
    const cases: [NpyType, number[]][] = [
      ["bool", [0, 1]],
      ["int8", [-128, 127]],
      ["uint8", [0, 255]],
      ["int16", [-32768, 32767]],
      ["uint16", [0, 65535]],
      ["int32", [-(2 ** 31), 2 ** 31 - 1]],
      ["int64", [-(2 ** 31), 2 ** 31 - 1]],
      ["uint64", [0, 5]],
      ["float16", [-2048, 7]],
      ["float32", [-1, 2 ** 24]],
      ["float64", [-1, 2 ** 24]],
    ];
    for (const [dtype, values] of cases) {
      const read = readNpy(writeNpy(int32(values), { dtype }));
      expect([dtype, [...read.data], read.shape]).toEqual([dtype, values, [2]]);
    }
    for (const dtype of ["float32", "int32", "uint32", "bool"] as const) {
      const data = dtype === "float32" ? new Float32Array([1]) : new Int32Array([1]);
      const tensor = { data: dtype === "uint32" ? new Uint32Array([1]) : data, shape: [1, 1], dtype };
      expect(readNpy(writeNpy(tensor))).toEqual(tensor);
    }
  });

  it("rounds to float16 as IEEE says", () => {
    const values = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 65519, 2 ** -25, 2 ** -24 * 1.5, 2 ** -14 - 2 ** -26];
    const rounded = [1, 1 + 2 ** -9, 65504, 0, 2 ** -23, 2 ** -14];
    const special = [-0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
    const data = new Float32Array([...values, ...special]);
    const tensor: HostTensor = { data, shape: [data.length], dtype: "float32" };
    expect([...readNpy(writeNpy(tensor, { dtype: "float16" })).data]).toEqual([...rounded, ...special]);
  });

  it("rejects values that do not fit", () => {
    const reading: [string, ArrayBuffer, string][] = [
      ["<i8", new BigInt64Array([2147483648n]).buffer, "int64 value 2147483648 does not fit int32"],
      ["<u8", new BigUint64Array([2n ** 32n]).buffer, "uint64 value 4294967296 does not fit uint32"],
      ["<f8", new Float64Array([1e300]).buffer, "float64 value 1e+300 does not fit float32"],
    ];
    for (const [descr, raw, message] of reading) {
      const file = made(header(descr, "(1,)"), raw);
      expect(() => readNpy(file, "x.npy")).toThrow(`[npy] x.npy: ${message}`);
    }
    const float = (value: number): HostTensor => ({
      data: new Float32Array([value]),
      shape: [],
      dtype: "float32",
    });
    const writing: [NpyType, HostTensor, string][] = [
      ["uint8", int32([256]), "uint8 does not hold 256"],
      ["int8", float(0.5), "int8 does not hold 0.5"],
      ["uint64", int32([-1]), "uint64 does not hold -1"],
      ["int64", float(Number.NaN), "int64 does not hold NaN"],
      ["float16", float(65520), "float16 does not hold 65520"],
    ];
    for (const [dtype, tensor, message] of writing) {
      expect(() => writeNpy(tensor, { dtype })).toThrow(`[npy] tensor: ${message}`);
    }
  });

  it("rejects tensors that cannot be written", () => {
    expect(() => writeNpy(int32([1, 2], [3]))).toThrow("[npy] tensor: [3] holds 3 values: got 2");
    expect(() => writeNpy(int32([1]), { dtype: "int4" as never }, "w")).toThrow(
      '[writeNpy] dtype must be "bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", ' +
        '"float16", "float32" or "float64": got "int4"',
    );
  });
});

describe("corrupt files", () => {
  const good = made(header("<i4", "(2,)"), new Int32Array([1, 2]).buffer);
  const cases: [string, Uint8Array, string][] = [
    ["another format", new Uint8Array(20), "no .npy file: it does not start with \\x93NUMPY"],
    ["an unknown version", made("", undefined, 9), "version must be 1, 2 or 3: got 9"],
    ["a cut header", good.subarray(0, 30), "truncated: the header takes 68 bytes, got 30"],
    [
      "records",
      made(header("x", "(1,)").replace("'x'", "[('a', '<f4')]")),
      "the header must describe one array",
    ],
    ["no shape", made("{'descr': '<f4'}"), "of numbers: got {'descr': '<f4'}"],
    ["strings", made(header("<U5", "(1,)")), "elements must be one of bool, int8, "],
    ["complex numbers", made(header("<c8", "(1,)")), "float64: got <c8"],
    ["cut values", good.subarray(0, good.length - 1), "truncated: int32 [2] takes 8 bytes, got 7"],
    ["trailing bytes", Uint8Array.from([...good, 0]), "too long: int32 [2] takes 8 bytes, got 9"],
  ];
  for (const [what, bytes, message] of cases) {
    it(what, () => {
      expect(() => readNpy(bytes)).toThrow(/^\[npy\] file: /);
      expect(() => readNpy(bytes)).toThrow(message);
    });
  }

  it("fails clearly wherever it is cut", () => {
    for (let length = 0; length < good.length; length++) {
      expect(() => readNpy(good.subarray(0, length))).toThrow("[npy] file: ");
    }
  });
});
