/**
 * Pages that train, from the packed install: a plain page of ES modules and the builds of Vite, webpack and esbuild,
 * on wasm in a page without and with shared memory and on WebGPU, in the window and in a worker.
 */
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  askTimed,
  browserPath,
  launchChromium,
  type OpenPage,
  openPage,
  type Site,
  serve,
} from "./harness.ts";
import { bundlers, html, importMap, installPacked, isBuilt } from "./project.ts";

interface Trained {
  readonly threads: number;
  readonly adapter: string;
  readonly losses: readonly number[];
}

const pages = ["plain", ...Object.keys(bundlers)];

/** Builds the pages of a project; the plain one is the project itself. */
async function buildPages(project: string): Promise<void> {
  for (const name of ["page.mjs", "training.mjs", "worker.mjs"])
    await cp(join(import.meta.dirname, "pages", name), join(project, name));
  for (const [name, bundle] of Object.entries(bundlers)) {
    await mkdir(join(project, "out", name), { recursive: true });
    await bundle(project, join(project, "out", name));
  }
  const map = `<script type="importmap">${await importMap(project)}</script>`;
  await writeFile(join(project, "index.html"), html("page.mjs", map));
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

function expectLearned({ losses }: Trained): void {
  expect(losses).toHaveLength(48);
  expect(mean(losses.slice(-4))).toBeLessThan(0.8 * mean(losses.slice(0, 4)));
}

describe.skipIf(!isBuilt || !browserPath)("training in Chromium", { timeout: 90_000, retry: 2 }, () => {
  let project: string;
  let browser: Browser;

  beforeAll(async () => {
    project = await installPacked();
    await buildPages(project);
    browser = await launchChromium({ webgpu: true });
  });

  afterAll(async () => {
    await browser?.close();
    await rm(project, { recursive: true, force: true });
  });

  async function withPage(url: string, work: (page: OpenPage) => Promise<void>): Promise<void> {
    const page = await openPage(browser, url);
    await work(page).finally(() => page.close());
  }

  describe.each([
    { isolated: false, devices: ["wasm", "webgpu"], where: "a page without shared memory" },
    { isolated: true, devices: ["wasm"], where: "an isolated page" },
  ])("in $where", ({ isolated, devices }) => {
    let site: Site;
    beforeAll(async () => {
      site = await serve({ "/": project }, { isolated });
    });
    afterAll(() => site?.close());

    describe.each(pages)("%s", (name) => {
      const url = (): string => (name === "plain" ? site.url : `${site.url}out/${name}/`);
      // Bundled code is the same code: there one network is enough.
      const programs = devices.flatMap((device) =>
        (name === "plain" ? ["mlp", "cnn"] : ["mlp"]).map((network) => [device, network]),
      );

      it.each(programs)("%s trains the %s in the window, which stays responsive", async (device, network) => {
        await withPage(url(), async (page) => {
          const expression = `train("${device}", "${network}")`;
          const { value, longestTask } = await askTimed<Trained>(browser, page, expression);
          expectLearned(value);
          if (!isolated) expect(value.threads).toBe(1);
          // Work in one piece is 1; the longest of many short tasks records and compiles the step.
          expect(longestTask).toBeLessThan(0.6);
        });
      });

      // An import map does not reach into workers: those of a plain page have no bare imports.
      it.skipIf(name === "plain").each(devices)("%s trains in a worker", async (device) => {
        await withPage(url(), async (page) =>
          expectLearned(await page.ask<Trained>(`trainInWorker("${device}", "mlp")`)),
        );
      });
    });
  });
});
