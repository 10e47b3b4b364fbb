import { expect, test } from "vitest";
import { map } from "../../gpu/map.ts";
import { collapse } from "../../gpu/space.ts";
import type { MapKernel, View } from "../../src/kernel/types.ts";
import { common, load, step } from "./harness.ts";

const spaceOf = (shape: number[], view: View, variables = shape.map(() => "i")) =>
  collapse(shape, variables, [load(0, view)], [{ output: 1, value: 0 }]).space;

test("axes that every map walks through as one are merged", () => {
  expect(spaceOf([2, 3, 4], { offset: 0, strides: [12, 4, 1] }).shape).toEqual([24]);
  expect(spaceOf([2, 3, 4], { offset: 7, strides: [1, 8, 2] }).shape).toEqual([2, 12]);
  expect(spaceOf([2, 3, 4], { offset: 0, strides: [0, 0, 1] }).shape).toEqual([6, 4]);
  expect(spaceOf([2, 1, 4], { offset: 0, strides: [4, 99, 1] }).shape).toEqual([8]);
  expect(spaceOf([1, 1], { offset: 0, strides: [5, 5] }).shape).toEqual([]);
});

test("variables and padding keep axes apart", () => {
  expect(spaceOf([2, 3, 4], { offset: 0, strides: [12, 4, 1] }, ["row", "row", "column"]).shape).toEqual([
    6, 4,
  ]);
  const ranges = [
    [0, 2],
    [0, 3],
    [1, 4],
  ] as const;
  const padded = { offset: 0, strides: [12, 4, 1], bounds: { ranges, fill: 0 } };
  expect(spaceOf([2, 3, 4], padded).shape).toEqual([6, 4]);
});

test("elements are u32 sums, with divisions only where axes are left", () => {
  const space = spaceOf([6, 4], { offset: 0, strides: [1, 6] });
  expect(space.element({ offset: 0, strides: [1, 6] })).toBe("(i / 4u) + (i % 4u) * 6u");
  expect(space.element({ offset: 23, strides: [-4, -1] })).toBe("23u - (i / 4u) * 4u - (i % 4u)");
  expect(space.element({ offset: -1, strides: [0, 0] })).toBe("0u - 1u");
});

test("a dense map of whole vec4s has neither divisions nor scalar loads", () => {
  const kernel: MapKernel = {
    kind: "map",
    ...common([0, 1], [2]),
    shape: [8, 16],
    program: {
      instrs: [
        load(0, { offset: 0, strides: [16, 1] }),
        load(1, { offset: 0, strides: [16, 1] }),
        step("mul", [0, 1]),
      ],
      stores: [{ output: 2, value: 2 }],
    },
  };
  const values = [0, 1, 2].map(() => ({ dtype: "float32", size: 128 }) as const);
  const target = { storageBuffers: 8, bindingBytes: 1 << 27, workgroupBytes: 16384, immediateBytes: 0 };
  const [{ code, groups }] = map(kernel, { kernels: [kernel], values, scalars: [] }, target);
  expect(groups).toEqual([1, 1]);
  expect(code).toBe(`@group(0) @binding(0) var<storage, read> b0: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> b1: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> b2: array<vec4<f32>>;
@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
let group = workgroup.x;

let point = group * 128u + invocation;
if (point >= 32u) { return; }
let i = point * 4u;
let t0 = b0[(i) >> 2u];
let t1 = b1[(i) >> 2u];
let t2 = (t0 * t1);
b2[(i) >> 2u] = t2;
}`);
});
