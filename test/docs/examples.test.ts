// The programs in examples/ run, and end up where they should.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, launchChromium, runInPage, serve } from "../browser/harness.ts";
import { root } from "./blocks.ts";

async function run(name: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join("examples", name)], { cwd: root });
  return stdout;
}

const numberAfter = (text: string, words: string): number =>
  Number(new RegExp(`${words} (-?[\\d.]+)`).exec(text)?.[1]);

describe("examples", () => {
  it("linear-regression finds the line", async () => {
    const output = await run("linear-regression.mjs");
    expect(numberAfter(output, "y =")).toBeCloseTo(3, 1);
    expect(numberAfter(output, "x \\+")).toBeCloseTo(-1, 1);
  });

  it("xor is learned", async () => {
    expect(await run("xor.mjs")).toContain("[ [ 0 ], [ 1 ], [ 1 ], [ 0 ] ]");
  });

  it("custom-loop learns the digits", async () => {
    expect(numberAfter(await run("custom-loop.mjs"), "epoch 5: .* test accuracy")).toBeGreaterThan(0.8);
  });

  it("mnist-cnn learns the digits", { timeout: 120_000 }, async () => {
    expect(numberAfter(await run("mnist-cnn.mjs"), "test accuracy")).toBeGreaterThan(85);
  });

  describe.skipIf(!browserPath)("browser", () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium({ webgpu: false });
    });
    afterAll(() => browser?.close());

    it.each([true, false])("learns the digits in a page, isolated: %s", async (isolated) => {
      const site = await serve({ "/": root }, { isolated });
      try {
        const { accuracy } = await runInPage<{ accuracy: number }>(
          browser,
          `${site.url}examples/browser/index.html`,
        );
        expect(accuracy).toBeGreaterThan(0.7);
      } finally {
        await site.close();
      }
    });
  });
});
