/** The runtime's part of the context: the recording, the mode, the module path, the functions being differentiated. */
import { BUILDER, recorder } from "../graph/builder.ts";
import { ContextKey, within } from "../graph/context.ts";
import type { Node } from "../graph/node.ts";
import type { ScalarSource } from "../ops/sources.ts";
import type { ConstantSupport } from "./constants.ts";

/** A function being differentiated. Its keys are states, which `state.ts` knows. */
interface LeafScope {
  /** The leaf that stands for each state that was read. */
  readonly leaves: Map<object, Node>;
  /** Values assigned since the function began: what later reads see. */
  readonly written: Map<object, Node>;
}

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

const TRACE = /* @__PURE__ */ new ContextKey<Trace | undefined>(undefined);
const TRAINING = /* @__PURE__ */ new ContextKey(false);
const PATH = /* @__PURE__ */ new ContextKey("");
/** The functions being differentiated, outermost first. */
export const LEAF_SCOPES = /* @__PURE__ */ new ContextKey<readonly LeafScope[]>([]);

/** The recording in force, if there is one. */
export const currentTrace = (): Trace | undefined => TRACE.value;
/** Whether dropout drops and batch norm uses batch statistics. */
export const isTraining = (): boolean => TRAINING.value;
/** The dotted path of the module being applied, from the root. */
export const currentPath = (): string => PATH.value;

/** Records `fn` as a compiled function, whatever is recorded or differentiated around its call. */
export function recordTrace<R>(trace: Trace, fn: () => R): R {
  const { scope, training } = trace;
  const changes = [TRACE.as(trace), BUILDER.as(recorder(scope)), TRAINING.as(training), PATH.as("")];
  return within([...changes, LEAF_SCOPES.as([])], fn);
}

/** Runs `fn` as if no recording were in force: initial values, optimizer slots. */
export const outsideTrace = <R>(fn: () => R): R => within([TRACE.as(undefined), BUILDER.as(recorder(0))], fn);

/** Runs `fn` with dropout and batch statistics on or off: at once, or for what a compiled function records in it. */
export const withTraining = <R>(on: boolean, fn: () => R): R => within([TRAINING.as(on)], fn);

/** Runs `fn` as the module at `path`. */
export const withPath = <R>(path: string, fn: () => R): R => within([PATH.as(path)], fn);

/** Has the function that is being compiled, if one is, fold and cache its constants. */
export function useConstants(support: ConstantSupport): void {
  const trace = currentTrace();
  if (trace) trace.constants ??= support;
}

/** A number that a trace reads at every call, and other code once, now. */
export function perCall(read: () => number): ScalarSource {
  if (!currentTrace()) return { value: read(), literal: true };
  return {
    get value() {
      return read();
    },
  };
}
