/**
 * The position of a training in a file: `training` in its metadata is JSON; losses of steps, and tensors in states of
 * callbacks, are tensors `training/…`. Numbers survive bit by bit.
 */
import type { HostTensor } from "../base/host.ts";
import type { CallbackState } from "./callback.ts";
import type { Position } from "./position.ts";

export const PREFIX = "training/";

interface WrittenPosition {
  readonly text: string;
  readonly tensors: readonly (readonly [name: string, HostTensor])[];
}

/** A position as text and tensors. */
export function writePosition({ lists, states, ...rest }: Position): WrittenPosition {
  const { stepLoss = [], ...others } = lists;
  const tensors: [string, HostTensor][] = [];
  if (stepLoss.length > 0) {
    const data = Float32Array.from(stepLoss);
    tensors.push([`${PREFIX}stepLoss`, { data, shape: [data.length], dtype: "float32" }]);
  }
  const plain: Record<string, CallbackState> = {};
  for (const [name, state] of Object.entries(states)) {
    const entries = Object.entries(state);
    for (const [key, value] of entries) if (isTensor(value)) tensors.push([`${PREFIX}${name}/${key}`, value]);
    plain[name] = Object.fromEntries(entries.filter(([, value]) => !isTensor(value)));
  }
  return { text: JSON.stringify({ ...rest, lists: others, states: plain }, numbersAsText), tensors };
}

/** The position that {@link writePosition} wrote. */
export function readPosition(text: string, tensors: ReadonlyMap<string, HostTensor>): Position {
  const { lists, states, ...rest }: Position = JSON.parse(text, numbersFromText);
  const stepLoss = [...(tensors.get(`${PREFIX}stepLoss`)?.data ?? [])];
  const stateOf = (name: string): CallbackState => {
    const prefix = `${PREFIX}${name}/`;
    const own = [...tensors].filter(([key]) => key.startsWith(prefix));
    return { ...states[name], ...Object.fromEntries(own.map(([key, t]) => [key.slice(prefix.length), t])) };
  };
  return {
    ...rest,
    lists: { ...lists, stepLoss },
    states: Object.fromEntries(Object.keys(states).map((name) => [name, stateOf(name)])),
  };
}

const isTensor = (value: CallbackState[string]): value is HostTensor =>
  typeof value === "object" && value !== null && "data" in value;

/** JSON has no NaN, no infinities and no −0. */
const TEXTS = ["NaN", "Infinity", "-Infinity", "-0"];

const numbersAsText = (_: string, value: unknown): unknown => {
  if (typeof value !== "number") return value;
  if (Object.is(value, -0)) return "-0";
  return Number.isFinite(value) ? value : String(value);
};

const numbersFromText = (_: string, value: unknown): unknown =>
  typeof value === "string" && TEXTS.includes(value) ? Number(value) : value;
