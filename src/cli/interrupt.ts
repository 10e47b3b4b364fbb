/** Ctrl+C ends work between two steps. */

/** As shells report a program that SIGINT ended. */
const INTERRUPTED = 130;

/**
 * Runs `work` with a signal that Ctrl+C aborts; the exit code says when it did.
 * @param work may tell through `left` what there is then, instead of "nothing was saved"
 */
export async function untilInterrupted(
  work: (signal: AbortSignal, left: (what: string) => void) => Promise<void>,
): Promise<void> {
  let what = "nothing was saved";
  const controller = new AbortController();
  const stop = () => controller.abort();
  // Only once: a second Ctrl+C ends the process at once.
  process.once("SIGINT", stop);
  try {
    await work(controller.signal, (text) => {
      what = text;
    });
  } catch (cause) {
    if (!controller.signal.aborted) throw cause;
    process.stderr.write(`\nheddle: interrupted, ${what}\n`);
    process.exitCode = INTERRUPTED;
  } finally {
    process.off("SIGINT", stop);
  }
}
