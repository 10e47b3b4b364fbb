import { build } from "esbuild";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import type { HostTensor } from "../../src/base/host.ts";
import { writeNpy } from "../../src/io/npy.ts";
import { readNpz, writeNpz } from "../../src/io/npz.ts";
import { writeSafetensors } from "../../src/io/safetensors.ts";
import { readTensors } from "../../src/io/tensors.ts";

const kernel: HostTensor = { data: new Float32Array([0, 1, 2, 3]), shape: [2, 2], dtype: "float32" };
const labels: HostTensor = { data: new Int32Array([3, -1]), shape: [2], dtype: "int32" };
const named: [string, HostTensor][] = [
  ["dense/kernel", kernel],
  ["labels", labels],
];

describe("npz", () => {
  it("reads what numpy.savez_compressed wrote", async () => {
    const file =
      "UEsDBC0AAAAIAAAAIQCR9Ofb//////////8QABQAZGVuc2Uva2VybmVsLm5weQEAEACQAAAAAAAAAFAAAAAAAAAAm+wX6hsQychQxlCtnpJanFyk" +
      "bqWgbpNmoq6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjoKRpo6CrUKZAMuBjBosAcSDkDkAABQSwMELQAAAAgAAAAhAGfe/2j/////" +
      "/////woAFABsYWJlbHMubnB5AQAQAJAAAAAAAAAASgAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wp" +
      "TgWKF2ckFqQC+RpGOpo6CrUKFAAuZgYI+A8FAFBLAQItAy0AAAAIAAAAIQCR9OfbUAAAAJAAAAAQAAAAAAAAAAAAAACAAQAAAABkZW5zZS9rZXJu" +
      "ZWwubnB5UEsBAi0DLQAAAAgAAAAhAGfe/2hKAAAAkAAAAAoAAAAAAAAAAAAAAIABkgAAAGxhYmVscy5ucHlQSwUGAAAAAAIAAgB2AAAAGAEAAAAA";
    expect(await readNpz(new Uint8Array(Buffer.from(file, "base64")))).toEqual(new Map(named));
  });

  it("gives back what was written, the same bytes each time", async () => {
    for (const compress of [false, true]) {
      const file = await writeNpz(named, { compress });
      expect(await readNpz(file)).toEqual(new Map(named));
      expect(await writeNpz(named, { compress })).toEqual(file);
    }
    const zeros: HostTensor = { data: new Float32Array(5000), shape: [5000], dtype: "float32" };
    expect((await writeNpz([["zeros", zeros]], { compress: true })).length).toBeLessThan(500);
    expect(await readNpz(await writeNpz([]))).toEqual(new Map());
  });

  it("rejects what cannot be written", async () => {
    await expect(writeNpz([named[1], named[1]])).rejects.toThrow(
      '[npz] names must be unique: got "labels" twice',
    );
    await expect(writeNpz([["x", { ...labels, shape: [3] }]])).rejects.toThrow(
      '[npy] "x": [3] holds 3 values: got 2',
    );
  });

  it("rejects what is no archive of arrays", async () => {
    await expect(readNpz(new Uint8Array(50))).rejects.toThrow(
      "[npz] no zip archive, or a corrupt one: invalid zip data",
    );
    const good = await writeNpz(named);
    await expect(readNpz(good.subarray(0, good.length - 30))).rejects.toThrow("[npz] no zip archive");
    const mixed = zipSync({ "readme.txt": new Uint8Array(1) });
    await expect(readNpz(mixed)).rejects.toThrow('[npz] every member is an array NAME.npy: got "readme.txt"');
    const corrupt = zipSync({ "w.npy": writeNpy(labels).subarray(0, 130) });
    await expect(readNpz(corrupt)).rejects.toThrow("[npy] w.npy: truncated: int32 [2] takes 8 bytes, got 2");
  });

  it("keeps the zip library out of bundles until it is used", async () => {
    const { metafile } = await build({
      entryPoints: ["src/io/index.ts"],
      alias: { "#platform": "./src/platform/browser.ts" },
      bundle: true,
      splitting: true,
      metafile: true,
      write: false,
      format: "esm",
      outdir: "out",
    });
    const [main] = Object.values(metafile.outputs).filter(({ entryPoint }) =>
      entryPoint?.endsWith("io/index.ts"),
    );
    expect(Object.keys(main.inputs).join()).not.toContain("fflate");
    expect(main.imports.map(({ kind }) => kind)).toContain("dynamic-import");
  });
});

describe("readTensors", () => {
  it("knows a file by its first bytes", async () => {
    expect(await readTensors(await writeNpz(named))).toEqual(new Map(named));
    expect(await readTensors(writeSafetensors(named))).toEqual(new Map(named));
    expect(await readTensors(writeNpy(labels))).toEqual(new Map([["", labels]]));
    await expect(readTensors(new Uint8Array(3))).rejects.toThrow("[safetensors] a file has at least 8 bytes");
  });
});
