/** Prepacked constants: computed at the first call, again when a constant has changed, and after a failure. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWasmBackend, type WasmBackend } from "../../src/backends/wasm/index.ts";
import { lowerSegment } from "../../src/backends/wasm/lower/segment.ts";
import type { ConvKernel, Segment } from "../../src/kernel/types.ts";
import { windowOf } from "../support/window.ts";
import { noise } from "./harness.ts";

const [SIZE, CHANNELS] = [16, 16];
const PIXELS = SIZE * SIZE * CHANNELS;

let backend: WasmBackend;
beforeAll(async () => {
  backend = await createWasmBackend({ threads: 1 });
});
afterAll(() => backend.close());

function upload(data: Float32Array) {
  const view = { buffer: backend.alloc(data.byteLength), offset: 0, bytes: data.byteLength };
  backend.upload(view, data);
  return view;
}

/** A convolution that takes Winograd's form. */
function segment(isConstant: boolean): Segment {
  const kernel: ConvKernel = {
    kind: "conv",
    label: "conv",
    window: windowOf({
      size: [SIZE, SIZE],
      channels: [CHANNELS, CHANNELS],
      kernel: [3, 3],
      padding: [
        [1, 1],
        [1, 1],
      ],
    }),
    inputs: [0, 1],
    outputs: [2],
    flops: 0,
    bytes: 0,
    epilogue: { instrs: [{ op: "acc", dtype: "float32" }], stores: [{ output: 2, value: 0 }] },
  };
  const values = [PIXELS, 9 * CHANNELS * CHANNELS, PIXELS].map((size, i) => ({
    dtype: "float32" as const,
    size,
    ...(i === 1 && { isConstant }),
  }));
  return { kernels: [kernel], values, scalars: [] };
}

async function setUp(isConstant: boolean) {
  const executable = await backend.compile(segment(isConstant));
  const views = [
    upload(noise(PIXELS, 1, 1)),
    upload(noise(9 * CHANNELS ** 2, 1, 2)),
    upload(new Float32Array(PIXELS)),
  ];
  const run = async (constantsChanged: boolean) => {
    backend.execute(executable, views, [], undefined, constantsChanged);
    const result = new Float32Array(PIXELS);
    await backend.download(views[2], result);
    return result;
  };
  return { views, run };
}

test("the transformed kernel is cached until a constant changes", async () => {
  const { views, run } = await setUp(true);
  const first = await run(true);
  backend.upload(views[1], noise(9 * CHANNELS ** 2, 1, 3));
  expect(await run(false)).toEqual(first);
  const second = await run(true);
  expect(second).not.toEqual(first);
  expect(await run(false)).toEqual(second);
});

test("the first call and the one after a failure prepack, even with constantsChanged: false", async () => {
  const cached = await setUp(true);
  const plain = await setUp(false);
  expect(await cached.run(false)).toEqual(await plain.run(false));
  for (const { views } of [cached, plain]) backend.upload(views[1], noise(9 * CHANNELS ** 2, 1, 3));
  backend.engine.failures++;
  expect(await cached.run(false)).toEqual(await plain.run(false));
});

test("after a call that could not start the next one prepacks", async () => {
  const cached = await setUp(true);
  const plain = await setUp(false);
  await cached.run(true);
  for (const { views } of [cached, plain]) backend.upload(views[1], noise(9 * CHANNELS ** 2, 1, 3));
  const [x] = cached.views.splice(0, 1, upload(new Float32Array(1)));
  await expect(cached.run(true)).rejects.toThrow("value 0 needs");
  cached.views[0] = x;
  expect(await cached.run(false)).toEqual(await plain.run(false));
});

test("a cached kernel whose raw result is in the workspace still waits for the workspace", () => {
  const { values, ...rest } = segment(true);
  const asIntegers = values.map((value, i) => (i === 2 ? { ...value, dtype: "int32" as const } : value));
  const { commands } = lowerSegment({ values: asIntegers, ...rest });
  expect(commands.map(({ usesWorkspace }) => usesWorkspace)).toEqual([true]);
});

test("a kernel that may change at each call is transformed at each call", async () => {
  const { views, run } = await setUp(false);
  const first = await run(false);
  backend.upload(views[1], noise(9 * CHANNELS ** 2, 1, 3));
  expect(await run(false)).not.toEqual(first);
});
