/** Executions and reads of one device in program order. A task runs at once when nothing is pending. */

export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | undefined)?.then === "function";
}

export class Queue {
  private tail: Promise<unknown> | undefined;

  get isIdle(): boolean {
    return this.tail === undefined;
  }

  /** Runs `task` after everything before it; synchronously when idle. A failed task does not stop later ones. */
  run<T>(task: () => T | Promise<T>): T | Promise<T> {
    const result = this.tail ? this.tail.then(task, task) : task();
    if (isPromise(result)) this.hold(result);
    return result;
  }

  private hold(result: Promise<unknown>): void {
    const release = (): void => {
      if (this.tail === settled) this.tail = undefined;
    };
    const settled: Promise<unknown> = result.then(release, release);
    this.tail = settled;
  }
}
