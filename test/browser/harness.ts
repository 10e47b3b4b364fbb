// The harness of the browser tests: a static server, headless Chromium with WebGPU on SwiftShader, and a way to run a
// page and get a value back. A page hands its value over as `globalThis.__result` (a promise is awaited).
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

/** Path of the browser, undefined where there is none (then these tests are skipped). */
export const browserPath: string | undefined = process.env.CHROMIUM;

const mimeTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".svg": "image/svg+xml",
};

export interface SiteOptions {
  /** Sends the COOP and COEP headers, so that pages have SharedArrayBuffer. */
  isolated?: boolean;
  /** Further headers, such as a Content-Security-Policy. */
  headers?: Record<string, string>;
}

export interface Site {
  /** With a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves folders by URL prefix (`{ '/': dist, '/data/': fixtures }`, the longest prefix wins); `/blank` is empty. */
export async function serve(folders: Record<string, string>, options: SiteOptions = {}): Promise<Site> {
  const headers: Record<string, string> = { "Cache-Control": "no-store", ...options.headers };
  if (options.isolated) {
    headers["Cross-Origin-Opener-Policy"] = "same-origin";
    headers["Cross-Origin-Embedder-Policy"] = "require-corp";
  }
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length);

  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    if (path === "/blank" || path === "/favicon.ico") {
      response.writeHead(200, { ...headers, "Content-Type": mimeTypes[".html"] }).end("<!doctype html>");
      return;
    }
    const prefix = prefixes.find((p) => path.startsWith(p));
    // A URL's pathname has its dot segments resolved already; an encoded one must not climb either.
    const inside = prefix !== undefined && normalize(path) === path;
    let file = inside ? join(folders[prefix], path.slice(prefix.length)) : "";
    if (file && statSync(file, { throwIfNoEntry: false })?.isDirectory()) file = join(file, "index.html");
    if (!file || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404, headers).end();
      return;
    }
    const type = mimeTypes[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { ...headers, "Content-Type": type });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Debian's Chromium, headless; `navigator.gpu` offers SwiftShader's adapter, or none. */
export function launchChromium({ webgpu }: { webgpu: boolean }): Promise<Browser> {
  const gpu = [
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension",
  ];
  return chromium.launch({
    executablePath: browserPath,
    args: [
      "--no-sandbox",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...(webgpu ? gpu : []),
    ],
  });
}

/** Chromium's own warning, which a page cannot keep it from printing. */
const noAdapter = /^No available adapters\.$/;

/** What a page does on the side: lines on its console but for some, and a promise that an uncaught error rejects. */
function watch(page: Page, ignored = noAdapter): { lines: string[]; failed: Promise<never> } {
  const lines: string[] = [];
  page.on("console", (message) => {
    if (!ignored.test(message.text())) lines.push(`${message.type()}: ${message.text()}`);
  });
  const failed = new Promise<never>((_, reject) => {
    page.on("pageerror", (error) => reject(error));
    page.on("crash", () => reject(new Error("the page crashed")));
  });
  failed.catch(() => {});
  return { lines, failed };
}

async function collect<T>(page: Page, start: () => Promise<unknown>, timeout: number): Promise<T> {
  const { lines, failed } = watch(page);
  try {
    const finished = start()
      .then(() => page.waitForFunction(() => "__result" in globalThis, undefined, { timeout }))
      .then(() => page.evaluate("globalThis.__result"));
    const result = (await Promise.race([finished, failed])) as T;
    if (lines.length > 0) throw new Error("stray console output");
    return result;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error([message, ...lines].join("\n  "), { cause });
  } finally {
    await page.close();
  }
}

/** A page that stays open for many questions. */
export interface OpenPage {
  /**
   * The value of an expression (a promise is awaited). An uncaught error, a line on the console or no answer in time
   * rejects; a page that did not answer in time is closed.
   */
  ask<T>(expression: string, timeout?: number): Promise<T>;
  close(): Promise<void>;
}

/** `ignored` are lines that the browser itself prints. */
export async function openPage(browser: Browser, url: string, ignored?: RegExp): Promise<OpenPage> {
  const page = await browser.newPage();
  const { lines, failed } = watch(page, ignored);
  await page.goto(url);
  return {
    async ask<T>(expression: string, timeout = 60_000): Promise<T> {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          void page.close();
          reject(new Error(`the page did not answer within ${timeout} ms`));
        }, timeout);
      });
      const value = await Promise.race([page.evaluate(expression), failed, late]).finally(() =>
        clearTimeout(timer),
      );
      if (lines.length > 0) throw new Error(["stray console output", ...lines.splice(0)].join("\n  "));
      return value as T;
    },
    close: () => page.close(),
  };
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of processor time. */
  readonly tdur?: number;
}

/**
 * Asks a page, and measures the longest task on its main thread meanwhile, as a fraction of all its tasks: of processor
 * time, since the clock on the wall counts other programs too, and a fraction, since machines differ.
 */
export async function askTimed<T>(
  browser: Browser,
  page: OpenPage,
  expression: string,
): Promise<{ value: T; longestTask: number }> {
  const mark = "here";
  await browser.startTracing(undefined, { categories: ["toplevel", "blink.user_timing"] });
  let trace: Buffer;
  let value: T;
  try {
    await page.ask(`void performance.mark("${mark}")`);
    value = await page.ask<T>(expression);
  } finally {
    trace = await browser.stopTracing();
  }
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: readonly TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`;
  const main = new Set(traceEvents.filter(({ name }) => name === mark).map(threadOf));
  const tasks = traceEvents.filter((e) => e.name.endsWith("RunTask") && main.has(threadOf(e)));
  if (tasks.length === 0) throw new Error("the trace holds no task of the page");
  const times = tasks.map(({ tdur = 0 }) => tdur);
  return { value, longestTask: Math.max(...times) / times.reduce((sum, time) => sum + time, 0) };
}

/** Opens a page and returns its `globalThis.__result`. An uncaught error or a line on its console rejects. */
export async function runInPage<T>(browser: Browser, url: string, timeout = 60_000): Promise<T> {
  const page = await browser.newPage();
  return collect<T>(page, () => page.goto(url), timeout);
}

/** Runs the text of an ES module in an empty page of the site and returns its `globalThis.__result`. */
export async function runModule<T>(
  browser: Browser,
  site: Site,
  source: string,
  timeout = 60_000,
): Promise<T> {
  const page = await browser.newPage();
  await page.goto(`${site.url}blank`);
  return collect<T>(page, () => page.addScriptTag({ type: "module", content: source }), timeout);
}
