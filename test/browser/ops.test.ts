/**
 * The op suite of `test/ops` inside Chromium: on wasm in a page without and with shared memory, and on WebGPU.
 * One page per device runs every case, one test per op: `npx vitest run test/browser/ops -t "conv2d on webgpu"`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CASES } from "../ops/cases.ts";
import { opOf } from "../support/case.ts";
import type { DeviceName } from "../support/suite.ts";
import { bundleSource } from "./bundle.ts";
import { browserPath, launchChromium, type OpenPage, openPage, type Site, serve } from "./harness.ts";

/** Offers `start(device, options)` and `check(op, device)`, which returns a line for each thing that is wrong. */
const program = `
  import * as h from "./index.ts";
  import { CASES } from "../test/ops/cases.ts";
  import fixtures from "../test/fixtures/ops.json";
  import { opOf } from "../test/support/case.ts";
  import { verdict } from "../test/support/suite.ts";

  const start = async (kind, options) => {
    const { lanes } = await h.setDevice(kind, options);
    return [crossOriginIsolated, lanes];
  };
  const check = async (op, device) => {
    const lines = [];
    for (const c of CASES.filter(({ name }) => opOf(name) === op)) {
      const problems = await verdict(h, c, device, fixtures[c.name]);
      lines.push(...problems.map((problem) => \`\${c.name}/\${device}: \${problem}\`));
    }
    return lines;
  };
  globalThis.suite = { start, check };
`;

interface Setting {
  readonly device: DeviceName;
  readonly kind: "wasm" | "webgpu";
  readonly threads?: number;
  /** Whether the page has shared memory. */
  readonly isolated: boolean;
}

const settings: readonly Setting[] = [
  { device: "wasm1", kind: "wasm", isolated: false },
  { device: "wasm2", kind: "wasm", threads: 2, isolated: true },
  { device: "webgpu", kind: "webgpu", isolated: false },
];

const ops = [...new Set(CASES.map((c) => opOf(c.name)))];

describe.skipIf(!browserPath)("op suite in Chromium", () => {
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "heddle-ops-"));
    await bundleSource(program, folder);
    browser = await launchChromium({ webgpu: true });
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  describe.each(settings)("$device", ({ device, kind, threads, isolated }) => {
    let site: Site;
    let page: OpenPage;

    beforeAll(async () => {
      site = await serve({ "/": folder }, { isolated });
      page = await openPage(browser, site.url);
      const options = JSON.stringify({ threads });
      const started = await page.ask(`suite.start("${kind}", ${options})`);
      expect(started).toEqual([isolated, threads ?? 1]);
    });

    afterAll(async () => {
      await page?.close();
      await site?.close();
    });

    it.each(ops)(`%s on ${device}`, { timeout: 90_000 }, async (op) => {
      const problems = await page.ask<string[]>(`suite.check("${op}", "${device}")`);
      if (problems.length > 0) expect.fail(problems.join("\n"));
    });
  });
});
