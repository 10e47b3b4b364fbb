/** Element types and how they promote. Every device computes on 4-byte elements. */
import { fail } from "./errors.ts";

/** Types that kernels compute with. `bool` is stored as 0 or 1 in a 32-bit word. */
export type DType = "float32" | "int32" | "uint32" | "bool";

/** Host-side arrays that hold one tensor. Booleans travel as `Int32Array` of 0 and 1. */
export type HostArray = Float32Array | Int32Array | Uint32Array;

/** Bytes of one element, on every backend. */
export const BYTES_PER_ELEMENT = 4;

const RANK: Record<DType, number> = { bool: 0, uint32: 1, int32: 2, float32: 3 };

export const isFloat = (dtype: DType): boolean => dtype === "float32";
export const isDType = (value: unknown): value is DType => typeof value === "string" && value in RANK;

/** The dtype that holds both operands; uint32 with int32 gives int32, as no wider integer exists. */
export function promote(a: DType, b: DType): DType {
  return RANK[a] >= RANK[b] ? a : b;
}

/** The dtype of `dtype ∘ number`: a number is weak, it changes the kind only where it must. */
export function promoteWeak(dtype: DType, value: number): DType {
  if (dtype === "float32" || !Number.isInteger(value)) return "float32";
  return dtype === "bool" ? "int32" : dtype;
}

export function checkDType(where: string, dtype: unknown): DType {
  return isDType(dtype)
    ? dtype
    : fail(where, `dtype must be float32, int32, uint32 or bool: got ${String(dtype)}`);
}

/** The kind of array that holds a dtype on the host. */
export const hostKind = (dtype: DType) =>
  dtype === "float32" ? Float32Array : dtype === "uint32" ? Uint32Array : Int32Array;

export function hostArray(dtype: DType, length: number): HostArray;
export function hostArray(dtype: DType, buffer: ArrayBuffer, offset: number, length: number): HostArray;
export function hostArray(
  dtype: DType,
  source: number | ArrayBuffer,
  offset = 0,
  length?: number,
): HostArray {
  const Kind = hostKind(dtype);
  return typeof source === "number" ? new Kind(source) : new Kind(source, offset, length);
}
