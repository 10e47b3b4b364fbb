/** What is ambient while user code runs: the recording, the mode, the module path. */
import { recorder, withBuilder } from "../graph/builder.ts";
import type { Node } from "../graph/node.ts";
import type { ScalarSource } from "../ops/sources.ts";
import type { ConstantSupport } from "./constants.ts";

let nextScope = 1;

/** One recording of a compiled function. States are keys here; `state.ts` knows them. */
export class Trace {
  readonly scope = nextScope++;
  /** Reads at entry, by state. */
  readonly reads = new Map<object, Node>();
  /** The newest value of each assigned state. */
  readonly assigned = new Map<object, Node>();
  /** Run at every call, after its scalars were read: counters advance. */
  readonly advances: (() => void)[] = [];
  /** Undo what the trace created, when it fails. */
  readonly undo: (() => void)[] = [];
  /** Random ops so far, by module path. */
  readonly ordinals = new Map<string, number>();
  usesRandomness = false;

  constructor(
    readonly training: boolean,
    /** For folding and caching constants: given by `jit`, or by a module that is applied. */
    public constants: ConstantSupport | undefined,
  ) {}
}

let trace: Trace | undefined;
let training = false;
let path = "";

export const currentTrace = (): Trace | undefined => trace;
/** Whether dropout drops and batch norm uses batch statistics. */
export const isTraining = (): boolean => trace?.training ?? training;
/** The dotted path of the module being applied, from the root. */
export const currentPath = (): string => path;

/** Records `fn` as a compiled function. */
export function recordTrace<R>(next: Trace, fn: () => R): R {
  const before = { trace, path };
  trace = next;
  path = "";
  try {
    return withBuilder(recorder(next.scope), fn);
  } finally {
    ({ trace, path } = before);
  }
}

/** Runs `fn` as if no recording were in force: initial values, optimizer slots. */
export function outsideTrace<R>(fn: () => R): R {
  const before = trace;
  trace = undefined;
  try {
    return withBuilder(recorder(0), fn);
  } finally {
    trace = before;
  }
}

/** Runs `fn` outside `jit` with dropout and batch statistics on or off. */
export function withTraining<R>(on: boolean, fn: () => R): R {
  const before = training;
  training = on;
  try {
    return fn();
  } finally {
    training = before;
  }
}

/** Runs `fn` as the module at `modulePath`. */
export function withPath<R>(modulePath: string, fn: () => R): R {
  const before = path;
  path = modulePath;
  try {
    return fn();
  } finally {
    path = before;
  }
}

/** Has the function that is being compiled, if one is, fold and cache its constants. */
export function useConstants(support: ConstantSupport): void {
  if (trace) trace.constants ??= support;
}

/** A number that a trace reads at every call, and other code once, now. */
export function perCall(read: () => number): ScalarSource {
  if (!trace) return { value: read(), literal: true };
  return {
    get value() {
      return read();
    },
  };
}
