/**
 * The op suite, with its rows of layers and losses, inside Chromium: on wasm in a page without and with shared memory,
 * and on WebGPU. One page per device runs every case, one test per op:
 * `npx vitest run test/browser/ops -t "nn.conv2d on webgpu"`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LAYER_CASES } from "../nn/cases.ts";
import { CASES } from "../ops/cases.ts";
import { opOf } from "../support/case.ts";
import { type Check, checkedOn, optimizerCheck, record } from "../support/checks.ts";
import type { DeviceName } from "../support/suite.ts";
import { bundleSource } from "./bundle.ts";
import { browserPath, launchChromium, type OpenPage, openPage, type Site, serve } from "./harness.ts";

/**
 * Offers `start(device, options)`; `check(op, device)`, the problems and checks of its cases; `optimize()`, what
 * differs from the trajectories of optimizers.
 */
const program = `
  import * as h from "./index.ts";
  import { LAYER_CASES } from "../test/nn/cases.ts";
  import { CASES } from "../test/ops/cases.ts";
  import fixtures from "../test/fixtures/ops.json";
  import lbfgs from "../test/fixtures/lbfgs.json";
  import optimizers from "../test/fixtures/optimizers.json";
  import { follow, followEma, followLbfgs } from "../test/optim/follow.ts";
  import { opOf } from "../test/support/case.ts";
  import { firstSmooth, fixtureOf, verdict } from "../test/support/suite.ts";

  const cases = [...CASES, ...LAYER_CASES];
  const smooth = firstSmooth(cases);
  const start = async (kind, options) => {
    const { threads } = await h.setDevice(kind, options);
    return [crossOriginIsolated, threads];
  };
  const check = async (op, device) => {
    const lines = [];
    const checks = [];
    const rows = cases.filter(({ name }) => opOf(name) === op);
    if (rows.length === 0) lines.push("the page has no such row");
    for (const c of rows) {
      const second = smooth.has(c);
      const { problems, checked } = await verdict(h, c, device, { fixture: fixtureOf(c, fixtures), second });
      lines.push(...problems.map((problem) => \`\${c.name}/\${device}: \${problem}\`));
      if (checked) checks.push(checked);
    }
    return [lines, checks];
  };
  const optimize = async () => {
    const { problem, ...trajectories } = optimizers;
    const found = { lbfgs: await followLbfgs(h, lbfgs, "compiled"), ema: await followEma(h) };
    for (const [name, trajectory] of Object.entries(trajectories))
      found[name] = await follow(h, problem, trajectory, "compiled");
    return found;
  };
  globalThis.suite = { start, check, optimize };
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

const ops = [...new Set([...CASES, ...LAYER_CASES].map((c) => opOf(c.name)))];

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

    it(`optimizers on ${device}`, { timeout: 90_000 }, async ({ task }) => {
      const found = await page.ask<Record<string, string[]>>("suite.optimize()");
      const passed = Object.keys(found).map((name) => [name, []]);
      expect(found).toEqual(Object.fromEntries(passed));
      record(
        task,
        Object.keys(found).map((name) =>
          optimizerCheck(name, checkedOn(device, true), name === "ema" ? "values" : "pytorch"),
        ),
      );
    });

    for (const op of ops) {
      it(`${op} on ${device}`, { timeout: 90_000 }, async ({ task }) => {
        const question = `suite.check("${op}", "${device}")`;
        const [problems, checks] = await page.ask<[string[], Omit<Check, "on">[]]>(question);
        if (problems.length > 0) expect.fail(problems.join("\n"));
        record(
          task,
          checks.map((check) => ({ ...check, on: checkedOn(device, true) })),
        );
      });
    }
  });
});
