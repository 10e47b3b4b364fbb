/**
 * Runs a list of commands on one thread or on several. Threads claim chunks from a counter per command and meet at a
 * barrier where a command waits for those before it. Who takes which chunk never changes a result.
 *
 * A waiting thread spins about 50 µs (a fork and join then costs 0.3 µs), then sleeps: with more threads than cores an
 * endless spin costs milliseconds. Thread 0 runs on the thread that called; the others are workers in `work`.
 */
import { dispatch } from "./dispatch";
import { COMMAND_WORDS, CommandWord, Control, Stop } from "./layout";
import { SCRATCH_BYTES } from "./scratch";

/** Looks at a word, at about 1 ns each, before a thread goes to sleep. */
const SPINS = 30000;
/** Nanoseconds without an arrival after which thread 0 gives a thread up. */
const PATIENCE: i64 = 2000000000;

/** One thread: no counters, no atomics. */
export function runAlone(list: usize, count: i32, scratch: usize): void {
  const end = list + <usize>count * (COMMAND_WORDS * 4);
  for (let command = list; command < end; command += COMMAND_WORDS * 4) {
    const kernel = word(command, CommandWord.Kernel), chunks = word(command, CommandWord.Chunks);
    const p = <usize>word(command, CommandWord.Parameters);
    for (let chunk = 0; chunk < chunks; chunk++) dispatch(kernel, p, chunk, scratch);
  }
}

/** Thread 0 of `threads`; returns 0, or why the list was left unfinished (a Stop). */
export function lead(control: usize, list: usize, count: i32, threads: i32, scratch: usize): i32 {
  for (let i = 0; i < count; i++) set(list, i * COMMAND_WORDS + CommandWord.Next, 0);
  set(control, Control.List, <i32>list);
  set(control, Control.Count, count);
  set(control, Control.Base, get(control, Control.Arrived));
  set(control, Control.Generation, (get(control, Control.Generation) & ~255) + 256 | threads);
  wake(control, Control.Generation);
  takePart(control, threads, 0, scratch);
  return get(control, Control.Stop);
}

/** A worker's whole life: takes part in executions that began after it checked in. Returns when the pool stops. */
export function work(control: usize, scratches: usize): void {
  let seen = get(control, Control.Generation);
  const thread = atomic.add<i32>(control + (Control.Ready << 2), 1) + 1;
  const scratch = scratches + <usize>thread * SCRATCH_BYTES;
  for (;;) {
    waitWhile(control, Control.Generation, seen);
    seen = get(control, Control.Generation);
    if (get(control, Control.Stop) != 0) return;
    // Thread 0 waits for the threads that take part, so their list and count stay as they are.
    if (thread < (seen & 255)) takePart(control, seen & 255, thread, scratch);
  }
}

/** Makes every thread leave; the control block is of no use afterwards. */
export function stop(control: usize, reason: i32): void {
  set(control, Control.Stop, reason);
  // Past every goal and every generation, so that nobody goes on waiting.
  atomic.add<i32>(control + (Control.Arrived << 2), 1 << 28);
  atomic.add<i32>(control + (Control.Generation << 2), 256);
  atomic.notify(control + (Control.Arrived << 2), -1);
  atomic.notify(control + (Control.Generation << 2), -1);
}

/** A thread's part of the current list. */
function takePart(control: usize, threads: i32, thread: i32, scratch: usize): void {
  const list = <usize>get(control, Control.List);
  const end = list + <usize>get(control, Control.Count) * (COMMAND_WORDS * 4);
  let goal = get(control, Control.Base);
  for (let command = list; command < end; command += COMMAND_WORDS * 4) {
    if (command != list && word(command, CommandWord.Waits) != 0) {
      goal += threads;
      arrive(control, goal);
      if (!waitFor(control, goal, thread)) return;
    }
    const kernel = word(command, CommandWord.Kernel), chunks = word(command, CommandWord.Chunks);
    const p = <usize>word(command, CommandWord.Parameters);
    for (;;) {
      const chunk = atomic.add<i32>(command + (CommandWord.Next << 2), 1);
      if (chunk >= chunks) break;
      dispatch(kernel, p, chunk, scratch);
    }
  }
  goal += threads;
  arrive(control, goal);
  if (thread == 0) waitFor(control, goal, thread);
}

/** The last thread to arrive wakes the others. */
function arrive(control: usize, goal: i32): void {
  if (atomic.add<i32>(control + (Control.Arrived << 2), 1) + 1 == goal) wake(control, Control.Arrived);
}

/** Waits until `goal` threads have arrived; false if the execution was stopped instead. */
function waitFor(control: usize, goal: i32, thread: i32): bool {
  for (let i = 0; i < SPINS; i++) {
    if (get(control, Control.Arrived) - goal >= 0) return get(control, Control.Stop) == 0;
  }
  const arrived = control + (Control.Arrived << 2);
  atomic.add<i32>(control + (Control.Sleeping << 2), 1);
  for (;;) {
    const now = atomic.load<i32>(arrived);
    if (now - goal >= 0) break;
    const timedOut = sleep(arrived, now, thread == 0 ? PATIENCE : -1) == AtomicWaitResult.TIMED_OUT;
    if (timedOut && atomic.load<i32>(arrived) == now) stop(control, Stop.Stalled);
  }
  atomic.sub<i32>(control + (Control.Sleeping << 2), 1);
  return get(control, Control.Stop) == 0;
}

function waitWhile(control: usize, index: i32, value: i32): void {
  for (let i = 0; i < SPINS; i++) if (get(control, index) != value) return;
  atomic.add<i32>(control + (Control.Sleeping << 2), 1);
  while (get(control, index) == value) sleep(control + (index << 2), value, -1);
  atomic.sub<i32>(control + (Control.Sleeping << 2), 1);
}

/**
 * V8's baseline compiler (Liftoff, seen in Node 20) forgets locals that live across an atomic wait: a worker came back
 * with scratch 0. So the wait is alone in a function, and called through the table, which keeps it from being inlined.
 */
const sleep: (address: usize, value: i32, nanoseconds: i64) => i32 = wait;

function wait(address: usize, value: i32, nanoseconds: i64): i32 {
  return atomic.wait<i32>(address, value, nanoseconds);
}

function wake(control: usize, index: i32): void {
  if (get(control, Control.Sleeping) != 0) atomic.notify(control + (index << 2), -1);
}

function word(command: usize, index: i32): i32 {
  return load<i32>(command + (index << 2));
}

function get(control: usize, index: i32): i32 {
  return atomic.load<i32>(control + (index << 2));
}

function set(control: usize, index: i32, value: i32): void {
  atomic.store<i32>(control + (index << 2), value);
}
