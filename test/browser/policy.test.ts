// Pages that forbid: workers from blobs, shared memory. One thread computes then, with one warning at most; a worker
// and a binary of the page's own server make up for the policy.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleSource } from "./bundle.ts";
import { browserPath, launchChromium, openPage, type SiteOptions, serve } from "./harness.ts";
import { isBuilt } from "./project.ts";

const program = `
  import { configure, setDevice, shutdown, tensor } from "./index.ts";
  globalThis.compute = async (configuration, options) => {
    const warnings = [];
    console.warn = (line) => warnings.push(line);
    configure(configuration);
    const { threads } = await setDevice("wasm", options);
    const n = 300;
    const x = tensor(new Float32Array(n * n).fill(2), { shape: [n, n] });
    const sums = [];
    for (let i = 0; i < 3; i++) sums.push(await x.matmul(x).sum().item());
    await shutdown();
    return { threads, warnings, sums, isolated: crossOriginIsolated };
  };
`;
const sums = Array(3).fill(4 * 300 ** 3);

const strict: SiteOptions = {
  isolated: true,
  headers: { "Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" },
};
/** Chromium's own words about a policy, which a page cannot keep it from printing. */
const complaint = /Content Security Policy/;

interface Computed {
  readonly threads: number;
  readonly warnings: readonly string[];
  readonly sums: readonly number[];
  readonly isolated: boolean;
}

describe.skipIf(!isBuilt || !browserPath)("a page that forbids", () => {
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "heddle-policy-"));
    await bundleSource(program, folder);
    await cp(join(import.meta.dirname, "../../dist/assets"), join(folder, "assets"), { recursive: true });
    browser = await launchChromium({ webgpu: false });
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function compute(
    site: SiteOptions,
    configuration: object = {},
    options: object = {},
    prelude = "",
  ): Promise<Computed> {
    const { url, close } = await serve({ "/": folder }, site);
    const page = await openPage(browser, url, complaint);
    const args = `${JSON.stringify(configuration)}, ${JSON.stringify(options)}`;
    return page.ask<Computed>(`{ ${prelude} compute(${args}) }`).finally(async () => {
      await page.close();
      await close();
    });
  }

  it("workers from blobs: one thread and one warning", async () => {
    const computed = await compute(strict, {}, { threads: 2 });
    expect(computed).toMatchObject({ isolated: true, threads: 1, sums });
    expect(computed.warnings).toEqual([expect.stringMatching(/^heddle: .*one thread/)]);
  });

  it("workers from blobs, and has a worker of its own server", async () => {
    const computed = await compute(strict, { workerUrl: "/assets/worker.js" }, { threads: 2 });
    expect(computed).toEqual({ isolated: true, threads: 2, sums, warnings: [] });
  });

  it.each([true, false])("nothing, and has a binary of its own server, relaxed: %s", async (relaxed) => {
    const computed = await compute({ isolated: true }, { wasmUrl: "/assets", relaxed }, { threads: 2 });
    expect(computed).toEqual({ isolated: true, threads: 2, sums, warnings: [] });
  });

  it("shared memory, since it is not isolated: one thread, and a warning if more were asked for", async () => {
    expect(await compute({})).toEqual({ isolated: false, threads: 1, sums, warnings: [] });
    const { threads, warnings } = await compute({}, {}, { threads: 4 });
    expect(threads).toBe(1);
    expect(warnings).toEqual([expect.stringContaining("cross-origin isolation")]);
  });

  it("shared memory, by refusing to make it: one thread and one warning", async () => {
    const refuse = `
      const Memory = WebAssembly.Memory;
      WebAssembly.Memory = function (options) {
        if (options.shared) throw new RangeError("could not allocate memory");
        return new Memory(options);
      };`;
    const computed = await compute({ isolated: true }, {}, { threads: 2 }, refuse);
    expect(computed).toMatchObject({ threads: 1, sums });
    expect(computed.warnings).toEqual([expect.stringMatching(/^heddle: .*one thread/)]);
  });
});
