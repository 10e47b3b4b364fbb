/**
 * The context of a module that is applied: the root that the call began at, which gives everything below it a path.
 * A symbolic application records shapes only: no value is made, none may be read.
 */
import { ContextKey, within } from "../graph/context.ts";
import type { Node } from "../graph/node.ts";
import { currentTrace } from "../runtime/trace.ts";

/** The outermost module of an application. */
export interface Root {
  readonly type: string;
  /** Of its initial values; that of `setSeed` when undefined. */
  readonly seed: number | undefined;
  /** The dotted path of a module or variable below it; undefined when no public field leads there. */
  pathOf(member: object): string | undefined;
}

/** Told of every module applied in a symbolic run: its results and the first node id that belongs to it. */
export type Observer = (module: object, path: string, results: readonly Node[], firstId: number) => void;

interface Application {
  readonly root: Root;
  /** Set in a symbolic run. */
  readonly observer: Observer | undefined;
  /** Undo what the application made, should it fail. */
  readonly undo: (() => void)[];
}

const APPLICATION = /* @__PURE__ */ new ContextKey<Application | undefined>(undefined);

export const currentApplication = (): Application | undefined => APPLICATION.value;
export const isSymbolic = (): boolean => APPLICATION.value?.observer !== undefined;

/** Told of the results of every module as it is applied, inner ones first. */
export type Witness = (path: string, results: readonly Node[]) => void;

/** The witness in force. */
export const WITNESS = /* @__PURE__ */ new ContextKey<Witness | undefined>(undefined);

/** Runs `fn` as an application of `root`. If it fails, or the trace that it is part of does, nothing is left behind. */
export function applyRoot<R>(root: Root, observer: Observer | undefined, fn: () => R): R {
  const application: Application = { root, observer, undo: [] };
  try {
    const result = within([APPLICATION.as(application)], fn);
    currentTrace()?.undo.push(...application.undo);
    return result;
  } catch (error) {
    for (const undo of application.undo.reverse()) undo();
    throw error;
  }
}

/** Registers how to take back something that was just made. */
export function onFailure(undo: () => void): void {
  (APPLICATION.value ?? currentTrace())?.undo.push(undo);
}
