import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { idx } from "../../src/data/idx.ts";

/** Header for big-endian values of a type code, then the given bytes. */
function file(code: number, shape: number[], payload: number[]): Uint8Array {
  const axes = shape.flatMap((d) => [d >>> 24, (d >>> 16) & 255, (d >>> 8) & 255, d & 255]);
  return Uint8Array.from([0, 0, code, shape.length, ...axes, ...payload]);
}

describe("idx", () => {
  it("reads every type code", async () => {
    const cases: [number, number[], string, number[]][] = [
      [8, [1, 255], "Uint8Array", [1, 255]],
      [9, [1, 255], "Int8Array", [1, -1]],
      [11, [1, 2, 255, 254], "Int16Array", [258, -2]],
      [12, [0, 0, 1, 0, 255, 255, 255, 255], "Int32Array", [256, -1]],
      [13, [0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0], "Float32Array", [1.5, -2]],
      [14, [0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0], "Float64Array", [1.5, -2]],
    ];
    for (const [code, payload, kind, values] of cases) {
      const { data, shape } = await idx(file(code, [2], payload));
      expect([data.constructor.name, [...data], shape]).toEqual([kind, values, [2]]);
    }
  });

  it("reads gzipped files and views that do not start at their buffer's beginning", async () => {
    const plain = file(8, [2, 3], [1, 2, 3, 4, 5, 6]);
    const shifted = new Uint8Array([9, ...plain]).subarray(1);
    for (const bytes of [new Uint8Array(gzipSync(plain)), shifted]) {
      const { data, shape } = await idx(bytes);
      expect([[...data], shape]).toEqual([
        [1, 2, 3, 4, 5, 6],
        [2, 3],
      ]);
    }
  });

  it("rejects what is not IDX, exactly", async () => {
    const good = file(8, [2, 2], [1, 2, 3, 4]);
    const packed = new Uint8Array(gzipSync(good));
    const cases: [Uint8Array, string][] = [
      [new Uint8Array([0, 0]), "[idx] x: the header takes at least 4 bytes: got 2"],
      [
        new Uint8Array([137, 80, 78, 71]),
        "[idx] x: no IDX file: magic number is 0x89504e47, expected 0x0000TTRR (type 08, 09, 0b–0e, rank)",
      ],
      [new Uint8Array([0, 0, 10, 1]), "[idx] x: no IDX file: magic number is 0x00000a01"],
      [good.subarray(0, 7), "[idx] x: truncated: rank 2 takes 12 bytes of header, got 7"],
      [good.subarray(0, 15), "[idx] x: truncated: [2, 2] takes 16 bytes, got 15"],
      [new Uint8Array([...good, 0]), "[idx] x: too long: [2, 2] takes 16 bytes, got 17"],
      [packed.subarray(0, packed.length - 12), "[idx] x: "],
      [packed.map((byte, i) => (i > 10 ? byte ^ 255 : byte)), "[idx] x: gzip data is corrupt or cut short"],
    ];
    for (const [bytes, message] of cases) await expect(idx(bytes, "x")).rejects.toThrow(message);
  });
});
