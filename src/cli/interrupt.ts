/** Ctrl+C ends work between two steps. */

/** As shells report a program that SIGINT ended. */
const INTERRUPTED = 130;

/** Runs `work` with a signal that Ctrl+C aborts; undefined when it did, and the exit code says so. */
export async function untilInterrupted<R>(work: (signal: AbortSignal) => Promise<R>): Promise<R | undefined> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  // Only once: a second Ctrl+C ends the process at once.
  process.once("SIGINT", stop);
  try {
    return await work(controller.signal);
  } catch (cause) {
    if (!controller.signal.aborted) throw cause;
    process.stderr.write("\nheddle: interrupted, nothing was saved\n");
    process.exitCode = INTERRUPTED;
    return undefined;
  } finally {
    process.off("SIGINT", stop);
  }
}
