/** Word layouts: a command in a list, and the control block that threads synchronise on. */

/** Words of a command in a list. */
export const COMMAND_WORDS = 8;
export enum CommandWord {
  Kernel,
  /** Independent pieces, claimed in order. */
  Chunks,
  /** Address of the kernel's parameters. */
  Parameters,
  /** 1: waits until every command before it is done. */
  Waits,
  /** The next chunk to claim. */
  Next,
}

/** Word offsets in a control block; words that different threads write lie on cache lines of their own. */
export enum Control {
  /** Counts executions in its upper bits; the lowest byte is the number of threads that take part. */
  Generation = 0,
  /** Counts arrivals at barriers, over all executions. */
  Arrived = 16,
  /** Threads that wait in their sleep. */
  Sleeping = 32,
  /** Workers that have checked in. */
  Ready = 48,
  /** Not 0: every thread leaves, a {@link Stop}. */
  Stop = 64,
  List = 80,
  Count,
  /** `Arrived` when the execution began. */
  Base,
}
export const CONTROL_BYTES = 512;

export enum Stop {
  /** A thread did not arrive in time. */
  Stalled = 1,
  /** A kernel trapped. */
  Trapped = 2,
  /** The pool is closed. */
  Closed = 3,
}

/** Below the static data: the device's sticky error, as kernels report it. */
export const STATUS_ADDRESS = 256;
export enum Status {
  /** Not 0: the kernel, an {@link Indexing}, that met an index outside its range. */
  Code,
  /** The index and the length of what it indexed. */
  Index,
  Length,
}
export const STATUS_BYTES = 64;

export enum Indexing {
  Gather = 1,
  Scatter = 2,
  ScatterAdd = 3,
}
