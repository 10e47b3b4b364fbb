import { expect, it } from "vitest";
import { check } from "../../tools/floors.mjs";

const lines = (sources: Record<string, string>) => check(new Map(Object.entries(sources)));

it("accepts imports that point down, and a lazy backend", () => {
  const sources = {
    "src/base/errors.ts": "",
    "src/ops/core.ts": 'import type { HeddleError } from "../base/errors.ts";',
    "src/backends/wasm/backend.ts": 'import { OP } from "../../../assembly/abi.ts";',
    "src/runtime/devices.ts": 'export const open = () => import("../backends/wasm/backend.ts");',
  };
  expect(lines(sources)).toEqual([]);
});

it("names an upward import, of a type too", () => {
  const sources = { "src/ops/a.ts": 'import type { Plan } from "../compile/b.ts";', "src/compile/b.ts": "" };
  expect(lines(sources)).toEqual(["src/ops/a.ts (ops, floor 2) imports src/compile/b.ts (compile, floor 4)"]);
});

it("finds a cycle inside a floor, across folders", () => {
  const sources = {
    "src/compile/a.ts": 'import "./b.ts";',
    "src/compile/b.ts": 'export { x } from "./a.ts";',
  };
  expect(lines(sources)).toEqual(["cycle: src/compile/a.ts → src/compile/b.ts → src/compile/a.ts"]);
});

it("keeps backends behind runtime/devices.ts and apart from each other", () => {
  const sources = {
    "src/backends/wasm/a.ts": "",
    "src/backends/webgpu/b.ts": 'import "../wasm/a.ts";',
    "src/runtime/devices.ts": 'import "../backends/wasm/a.ts";',
    "src/tensor/t.ts": 'import("../backends/wasm/a.ts");',
  };
  expect(lines(sources)).toEqual([
    "src/backends/webgpu/b.ts imports src/backends/wasm/a.ts: only src/runtime/devices.ts may",
    "src/runtime/devices.ts imports src/backends/wasm/a.ts statically: backends are loaded by import()",
    "src/tensor/t.ts imports src/backends/wasm/a.ts: only src/runtime/devices.ts may",
  ]);
});

it("keeps the compiler from the kernels' side, though it lies lower", () => {
  const sources = {
    "src/compile/plan.ts": "",
    "gpu/a.ts": 'import type { Plan } from "../src/compile/plan.ts";',
    "src/backends/wasm/b.ts": 'import type { Plan } from "../../compile/plan.ts";',
    "src/runtime/c.ts": 'import type { Plan } from "../compile/plan.ts";',
  };
  const who = "only the compiler and the floors from the runtime up may";
  expect(lines(sources)).toEqual([
    `gpu/a.ts imports src/compile/plan.ts: ${who}`,
    `src/backends/wasm/b.ts imports src/compile/plan.ts: ${who}`,
  ]);
});

it("lets packages in through the platform and the command only", () => {
  const sources = {
    "src/data/images.ts": 'import "node:fs";',
    "src/platform/node.ts": 'import "node:fs";',
    "src/cli/main.ts": 'import "pngjs";',
    "src/io/npz.ts": 'import("fflate");',
    "src/io/npy.ts": 'import("fflate");',
  };
  expect(lines(sources)).toEqual([
    'src/data/images.ts imports "node:fs": only src/platform/node.ts and src/cli use packages',
    'src/io/npy.ts imports "fflate": only src/platform/node.ts and src/cli use packages',
  ]);
});
