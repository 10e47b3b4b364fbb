/**
 * The position of a training in a file: `training` in its metadata is JSON; losses of steps, and tensors that callbacks
 * keep, are `training/…`. Numbers survive bit by bit.
 */
import type { HostTensor } from "../base/host.ts";
import type { Callback, CallbackState } from "./callback.ts";
import type { Position } from "./position.ts";
import type { StepResult } from "./results.ts";

export const PREFIX = "training/";

/** What JSON holds. */
interface Described extends Omit<Position, "unreported" | "running" | "callbacks" | "states"> {
  readonly results: readonly StepResult[];
  readonly states: Readonly<Record<string, CallbackState>>;
}

export interface WrittenPosition {
  readonly text: string;
  readonly tensors: readonly (readonly [name: string, HostTensor])[];
}

/** The position as it is when this is called; nothing before the first training. */
export async function writePosition(position: Position): Promise<WrittenPosition | undefined> {
  if (!position.walk) return;
  // All of this is read before anything is awaited.
  const waiting = [...(position.unreported?.() ?? [])];
  const asked = statesOf(position);
  const { unreported, running, callbacks, states: _, ...plain } = position;
  const { lists, ...rest } = structuredClone(plain);

  const { stepLoss, ...others } = lists;
  const tensors: [string, HostTensor][] = [];
  if (stepLoss.length > 0) {
    const data = Float32Array.from(stepLoss);
    tensors.push([`${PREFIX}stepLoss`, { data, shape: [data.length], dtype: "float32" }]);
  }
  const states: Record<string, CallbackState> = {};
  for (const [name, state] of await asked) {
    const entries = Object.entries(state);
    for (const [key, value] of entries) if (isTensor(value)) tensors.push([`${PREFIX}${name}/${key}`, value]);
    states[name] = Object.fromEntries(entries.filter(([, value]) => !isTensor(value)));
  }
  const results = (await Promise.all(waiting)).flat();
  const described: Described = { ...rest, lists: others, results, states };
  return { text: JSON.stringify(described, numbersAsText), tensors };
}

/** The position that {@link writePosition} described. */
export function readPosition(text: string, tensors: ReadonlyMap<string, HostTensor>): Position {
  const { lists, results, states, ...rest }: Described = JSON.parse(text, numbersFromText);
  const stepLoss = [...(tensors.get(`${PREFIX}stepLoss`)?.data ?? [])];
  const stateOf = (name: string): CallbackState => {
    const prefix = `${PREFIX}${name}/`;
    const own = [...tensors].filter(([key]) => key.startsWith(prefix));
    return { ...states[name], ...Object.fromEntries(own.map(([key, t]) => [key.slice(prefix.length), t])) };
  };
  return {
    ...rest,
    lists: { ...lists, stepLoss },
    unreported: () => [Promise.resolve(results)],
    callbacks: [],
    states: new Map(Object.keys(states).map((name) => [name, stateOf(name)])),
  };
}

/** What callbacks keep, by name; what no callback took over stays. */
export async function statesOf({ callbacks, states = new Map() }: Position) {
  const asked = [...named(callbacks)].map(async ([name, c]) => [name, await c.state?.()] as const);
  const found = await Promise.all(asked);
  return new Map<string, CallbackState>([
    ...states,
    ...found.flatMap(([name, s]) => (s ? [[name, s] as const] : [])),
  ]);
}

/** Callbacks that have a name; further ones of the same name are `name 2`, `name 3`. */
export function named(callbacks: readonly Callback[]): Map<string, Callback> {
  const found = new Map<string, Callback>();
  for (const c of callbacks) {
    if (c.name === undefined) continue;
    let name = c.name;
    for (let n = 2; found.has(name); n++) name = `${c.name} ${n}`;
    found.set(name, c);
  }
  return found;
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
