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
  const sources = { "src/ops/a.ts": 'import type { Plan } from "../plan/b.ts";', "src/plan/b.ts": "" };
  expect(lines(sources)).toEqual(["src/ops/a.ts (ops, floor 2) imports src/plan/b.ts (plan, floor 4)"]);
});

it("finds a cycle inside a floor, across folders", () => {
  const sources = {
    "src/passes/a.ts": 'import "../kernel/b.ts";',
    "src/kernel/b.ts": 'export { x } from "../passes/a.ts";',
  };
  expect(lines(sources)).toEqual(["cycle: src/passes/a.ts → src/kernel/b.ts → src/passes/a.ts"]);
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
