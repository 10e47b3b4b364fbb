/**
 * A linear memory and the threads over it, as the backend uses them. Two engines do the same: one on the calling
 * thread (local.ts), and a proxy of one in a worker (remote.ts), which browsers' windows use.
 */
import { Indexing, Status, Stop } from "../../../assembly/layout.ts";
import { HeddleError } from "../../base/errors.ts";

/** One execution of a command list. */
export interface Run {
  /** Address of the list, and its commands. */
  list: number;
  readonly count: number;
  /** Whether any command has more than one chunk. */
  readonly parallel: boolean;
  /** Pairs of word index in memory and word, to be written first; the first `patched` pairs count. */
  readonly patches: Int32Array;
  patched: number;
  /** For each kernel the end of its commands; used when timing. */
  readonly ends: readonly number[];
}

export interface Engine {
  /** Threads of an execution when all workers have checked in. */
  readonly threads: number;
  readonly relaxed: boolean;
  /** First address that the backend's heap may use. */
  readonly heapStart: number;
  readonly lost: Promise<HeddleError>;
  /** Executions so far that failed. */
  failures: number;
  /** Resolves with the number of threads that compute once every worker has checked in or run out of time. */
  ready(): Promise<number>;
  /** Makes addresses below `end` usable; false where that is refused. Not during an execution. */
  grow(end: number): boolean;
  write(address: number, from: ArrayBufferView): void;
  copy(to: number, from: number, bytes: number): void;
  /** Throws, or rejects with, a pending error of the device. */
  read(address: number, into: ArrayBufferView): void | Promise<void>;
  /** Fills `milliseconds` (one per kernel) if given. */
  run(run: Run, milliseconds?: Float64Array): void;
  /** Resolves when everything enqueued has run; rejects with a pending error. */
  sync(): Promise<void>;
  /** Resolves when everything enqueued has run; reports nothing. */
  idle(): Promise<void>;
  /** Later runs find the kernels that the core lacks: at once in this thread; a window has to fetch them. */
  extend(): void | Promise<void>;
  close(): void;
}

export interface EngineOptions {
  readonly threads: number;
  readonly limit: number;
  readonly workerUrl?: string;
}

/** Pools of workers in the life of an engine: one, and one after each failure; then it computes on one thread. */
export const MAX_POOLS = 16;

/** The message for an execution that was stopped. */
export const stopMessage = (reason: Stop): string =>
  `${reason === Stop.Stalled ? "a worker did not answer for 2 s" : "a kernel trapped in a worker"}; the results of this call are lost`;

/** The error that a kernel reported in the status words. */
export function indexError(status: ArrayLike<number>): HeddleError {
  const { [Status.Code]: op, [Status.Index]: index, [Status.Length]: length } = status;
  const where = op === Indexing.Gather ? "gather" : op === Indexing.Scatter ? "scatter" : "scatterAdd";
  const rule = `an index computed on the device lies outside [0, ${length}): got ${index}; it was clamped`;
  return new HeddleError(where, rule);
}
