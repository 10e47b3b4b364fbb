/** Ctrl+C ends work between two steps. */

/** As shells report a program that SIGINT ended. */
const INTERRUPTED = 130;

/** Runs `work` with a signal that Ctrl+C aborts; the exit code says when it did. */
export async function untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  // Only once: a second Ctrl+C ends the process at once.
  process.once("SIGINT", stop);
  try {
    await work(controller.signal);
  } catch (cause) {
    if (!controller.signal.aborted) throw cause;
    process.stderr.write("\nheddle: interrupted, nothing was saved\n");
    process.exitCode = INTERRUPTED;
  } finally {
    process.off("SIGINT", stop);
  }
}
