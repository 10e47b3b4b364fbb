import { describe, expect, it } from "vitest";
import type { HostTensor } from "../../src/base/host.ts";
import { readSafetensors, writeSafetensors } from "../../src/io/safetensors.ts";

/** A file from a header as text (or an object) and the bytes after it. */
function made(header: unknown, values: ArrayLike<number> | ArrayBuffer = []): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(values as ArrayBuffer);
  const out = new Uint8Array(8 + json.length + bytes.length);
  new DataView(out.buffer).setUint32(0, json.length, true);
  out.set(json, 8);
  out.set(bytes, 8 + json.length);
  return out;
}

const one = (dtype: string, shape: number[], bytes: number) => ({
  x: { dtype, shape, data_offsets: [0, bytes] },
});

describe("round trip", () => {
  const tensors: [string, HostTensor][] = [
    ["mask", { data: new Int32Array([1, 0, 1]), shape: [3], dtype: "bool" }],
    [
      "dense.kernel",
      { data: new Float32Array([1.5, -0, Number.NaN, 1e38]), shape: [2, 2], dtype: "float32" },
    ],
    ["step", { data: new Int32Array([-7]), shape: [], dtype: "int32" }],
    ["seed", { data: new Uint32Array([0xffffffff]), shape: [1], dtype: "uint32" }],
    ["empty", { data: new Float32Array(0), shape: [0, 3], dtype: "float32" }],
    ["__proto__", { data: new Int32Array([5]), shape: [1], dtype: "int32" }],
    ["0", { data: new Int32Array([6]), shape: [1], dtype: "int32" }],
  ];

  it("gives back every value, shape, dtype and the metadata", () => {
    const metadata = { format: "heddle", config: '{"λ":1}' };
    const read = readSafetensors(writeSafetensors(tensors, metadata));
    expect(read.metadata).toEqual(metadata);
    expect(read.tensors.size).toBe(tensors.length);
    for (const [name, tensor] of tensors) expect(read.tensors.get(name)).toEqual(tensor);
  });

  it("aligns the values", () => {
    for (const name of ["a", "ab", "abc", "abcd"]) {
      const bytes = writeSafetensors([[name, tensors[1][1]]]);
      expect(new DataView(bytes.buffer).getUint32(0, true) % 8).toBe(0);
    }
  });

  it("reads views into larger, unaligned buffers", () => {
    const bytes = writeSafetensors(tensors);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(readSafetensors(shifted.subarray(3)).tensors.get("step")?.data[0]).toBe(-7);
  });

  it("copies: later changes of the file do not reach the tensors", () => {
    const bytes = writeSafetensors([tensors[2]]);
    const read = readSafetensors(bytes);
    bytes.fill(0);
    expect(read.tensors.get("step")?.data[0]).toBe(-7);
  });

  it("rejects what cannot be written", () => {
    const [, ok] = tensors[2];
    expect(() =>
      writeSafetensors([
        ["a", ok],
        ["a", ok],
      ]),
    ).toThrow('[safetensors] names must be unique: got "a" twice');
    expect(() => writeSafetensors([["__metadata__", ok]])).toThrow('"__metadata__" is reserved');
    expect(() => writeSafetensors([["a", { ...ok, shape: [2] }]])).toThrow(
      '[safetensors] tensor "a": [2] holds 2 values: got 1',
    );
    expect(() => writeSafetensors([], { n: 1 } as never)).toThrow(
      '[safetensors] __metadata__ must map strings to strings: got number for "n"',
    );
  });
});

describe("files of others", () => {
  it("reads one made by hand, byte by byte", () => {
    const header = '{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}';
    const bytes = Uint8Array.from([
      ...[header.length, 0, 0, 0, 0, 0, 0, 0],
      ...new TextEncoder().encode(header),
      ...[0, 0, 128, 63, 0, 0, 0, 192],
    ]);
    const { tensors, metadata } = readSafetensors(bytes);
    expect(tensors).toEqual(
      new Map([["w", { data: new Float32Array([1, -2]), shape: [1, 2], dtype: "float32" }]]),
    );
    expect(metadata).toEqual({});
  });

  it("narrows every stored type", () => {
    const cases: [string, ArrayBuffer, HostTensor["dtype"], number[]][] = [
      ["F64", new Float64Array([0.1, Number.NaN]).buffer, "float32", [Math.fround(0.1), Number.NaN]],
      ["F16", new Uint16Array([0x3c00, 0xc100]).buffer, "float32", [1, -2.5]],
      ["F16", new Uint16Array([0x0001, 0x7bff]).buffer, "float32", [2 ** -24, 65504]],
      ["F16", new Uint16Array([0xfc00, 0x7e00]).buffer, "float32", [Number.NEGATIVE_INFINITY, Number.NaN]],
      ["BF16", new Uint16Array([0x3fc0, 0xff80]).buffer, "float32", [1.5, Number.NEGATIVE_INFINITY]],
      ["I64", new BigInt64Array([-5n, 2147483647n]).buffer, "int32", [-5, 2147483647]],
      ["U64", new BigUint64Array([0n, 4294967295n]).buffer, "uint32", [0, 4294967295]],
      ["I16", new Int16Array([-300, 300]).buffer, "int32", [-300, 300]],
      ["U16", new Uint16Array([65535, 1]).buffer, "int32", [65535, 1]],
      ["I8", new Int8Array([-1, 127]).buffer, "int32", [-1, 127]],
      ["U8", new Uint8Array([255, 0]).buffer, "int32", [255, 0]],
      ["BOOL", new Uint8Array([1, 0]).buffer, "bool", [1, 0]],
    ];
    for (const [stored, raw, dtype, values] of cases) {
      const { tensors } = readSafetensors(made(one(stored, [2], raw.byteLength), raw));
      const { data, ...rest } = tensors.get("x") as HostTensor;
      expect([stored, [...data], rest]).toEqual([stored, values, { shape: [2], dtype }]);
    }
  });

  it("rejects values that do not fit", () => {
    const cases: [string, ArrayBuffer, string][] = [
      ["I64", new BigInt64Array([2147483648n]).buffer, "I64 value 2147483648 does not fit int32"],
      ["U64", new BigUint64Array([2n ** 60n]).buffer, "U64 value 1152921504606846976 does not fit uint32"],
      ["F64", new Float64Array([1e300]).buffer, "F64 value 1e+300 does not fit float32"],
    ];
    for (const [stored, raw, message] of cases) {
      const file = made(one(stored, [1], 8), raw);
      expect(() => readSafetensors(file)).toThrow(`[safetensors] tensor "x": ${message}`);
    }
  });
});

describe("corrupt files", () => {
  const entry = (begin: number, end: number) => ({
    dtype: "U8",
    shape: [end - begin],
    data_offsets: [begin, end],
  });
  const cases: [string, Uint8Array, string][] = [
    ["nothing", new Uint8Array(3), "a file has at least 8 bytes: got 3"],
    [
      "a header longer than the file",
      made("{}").subarray(0, 9),
      "no safetensors file or cut short: its header would take 2 bytes, there are 1",
    ],
    [
      "another format",
      new Uint8Array(16).fill(80),
      "no safetensors file or cut short: its header would take 5787",
    ],
    ["no JSON", made("{oops"), "the header is not JSON: "],
    ["no UTF-8", made('{"a":1}').fill(0xff, 9, 10), "the header is not JSON: "],
    ["an array", made("[]"), "the header is not a JSON object"],
    ["metadata that is no map", made({ __metadata__: [1] }), "__metadata__ must map strings to strings"],
    [
      "metadata of numbers",
      made({ __metadata__: { a: 1 } }),
      '__metadata__ must map strings to strings: got number for "a"',
    ],
    ["no entry", made({ x: 1 }), 'tensor "x": no description'],
    ["an unknown dtype", made(one("F8", [1], 1)), 'tensor "x": dtype must be one of F32, '],
    ["an inherited name", made(one("toString", [1], 1)), 'tensor "x": dtype must be one of F32, '],
    ["a bad shape", made(one("U8", [-1], 1)), 'tensor "x": shape must hold non-negative integers: got [-1]'],
    [
      "bad offsets",
      made({ x: { dtype: "U8", shape: [1], data_offsets: [1, 0] } }),
      'tensor "x": data_offsets must be [begin, end]: got [1,0]',
    ],
    [
      "a size that is not the shape's",
      made(one("F32", [2], 4), [1, 2, 3, 4]),
      'tensor "x": F32 [2] takes 8 bytes: got 4 in data_offsets',
    ],
    [
      "overlaps",
      made({ a: entry(0, 2), b: entry(1, 3) }, [1, 2, 3]),
      'tensor "b" overlaps the one before: it begins at byte 1, expected 2',
    ],
    [
      "gaps",
      made({ a: entry(0, 1), b: entry(2, 3) }, [1, 2, 3]),
      'tensor "b" leaves a gap: it begins at byte 2, expected 1',
    ],
    [
      "cut values",
      made({ a: entry(0, 4) }, [1, 2]),
      "truncated: the header describes 4 bytes of values, the file has 2",
    ],
    [
      "trailing bytes",
      made({ a: entry(0, 1) }, [1, 2]),
      "too long: the header describes 1 bytes of values, the file has 2",
    ],
  ];
  for (const [what, bytes, message] of cases) {
    it(what, () => expect(() => readSafetensors(bytes)).toThrow(`[safetensors] ${message}`));
  }

  it("survives any cut and any flipped bit with a clear error or a valid result", () => {
    const good = writeSafetensors([
      ["a", { data: new Float32Array([1, 2]), shape: [2], dtype: "float32" }],
      ["b", { data: new Int32Array([3]), shape: [], dtype: "int32" }],
    ]);
    for (let length = 0; length < good.length; length++) {
      expect(() => readSafetensors(good.subarray(0, length))).toThrow("[safetensors] ");
    }
    for (let at = 0; at < good.length * 8; at++) {
      const bad = good.slice();
      bad[at >> 3] ^= 1 << (at & 7);
      try {
        readSafetensors(bad);
      } catch (error) {
        expect((error as Error).message).toMatch(/^\[safetensors\] /);
      }
    }
  });
});
