/**
 * What a test has checked of a public name, and how. Tests record it in their `meta`; `tools/checks.mjs` gathers it over
 * a whole run, and `tools/table.mjs` makes docs/ops.md of it.
 */

/**
 * `definition`: the float64 reference is itself what is meant; `reference`: compared with it; `differences`: finite
 * differences; `pytorch`: values that PyTorch computed; `values`: known values.
 */
export type Method = "definition" | "reference" | "differences" | "pytorch" | "values";

/** `host`: numbers in JavaScript, which no device computes. `page`: the device inside Chromium. */
export type CheckedOn = "host" | "reference" | "wasm" | "webgpu" | "wasm page" | "webgpu page";

export interface Check {
  /** `conv2d`, `nn.conv2d`, `losses.huber`: the entry point, but for ops. */
  readonly name: string;
  readonly on: CheckedOn;
  readonly forward: readonly Method[];
  readonly gradient?: readonly Method[];
  readonly second?: readonly Method[];
  /** Why one of them is left out. */
  readonly why?: string;
}

/** Under `wasm` with one thread and with two. */
export const checkedOn = (device: string, inPage = false): CheckedOn =>
  `${device.replace(/\d$/, "")}${inPage ? " page" : ""}` as CheckedOn;

/** Records checks for the table; call it once they have passed. */
export function record({ meta }: { meta: object }, checks: readonly Check[]): void {
  Object.assign(meta, { checks });
}

/** An optimizer has followed a trajectory. */
export const optimizerCheck = (name: string, on: CheckedOn, how: Method = "pytorch"): Check => ({
  name: `optim.${name}`,
  on,
  forward: [how],
  why: "writes weights in place: no graph for the float64 reference, no gradient",
});
