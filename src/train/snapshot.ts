/** The position of a training at one moment, complete: with the results and callback states that its run holds. */
import type { Callback } from "./callback.ts";
import type { Position } from "./position.ts";
import type { ResultReader } from "./results.ts";

/** A model's last training. Read from a file, or before the first training, it is a position alone. */
export interface LastTraining {
  readonly position: Position;
  /** The change of weights and position in progress; see {@link betweenSteps}. */
  readonly running?: Promise<unknown> | undefined;
  /** Holds results that the position lacks. */
  readonly reader?: Pick<ResultReader, "unreported">;
  /** Their states are newer than those of the position. */
  readonly participants?: readonly Callback[];
}

/** Resolves when no step is being enqueued, so that weights, optimizer and position belong together. */
export async function betweenSteps(last: LastTraining): Promise<void> {
  for (let step: Promise<unknown> | undefined; step !== last.running; ) {
    step = last.running;
    // A failure is reported where the step was started.
    await step?.catch(() => {});
  }
}

/** A copy of the position as it is when this is called. Tensors in states of callbacks are not copied. */
export async function snapshot({ position, reader, participants = [] }: LastTraining): Promise<Position> {
  // Before anything is awaited all values are asked for or copied, so that they are of one moment.
  const unreported = reader ? [...reader.unreported()] : [];
  const asked = [...named(participants)].map(async ([name, c]) => [name, await c.state?.()] as const);
  const { states: before, ...others } = position;
  const copy = structuredClone(others);

  const states = { ...before };
  for (const [name, state] of await Promise.all(asked)) if (state) states[name] = state;
  const results = [...copy.results, ...(await Promise.all(unreported)).flat()];
  return { ...copy, results, states };
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
