// The environment of every test and script: which WebGPU adapter and which Chromium they find. A real GPU is kept;
// without one Vulkan is pointed at SwiftShader, the software driver that ships with Chromium. Importing the module
// sets `process.env`, so that children inherit it and look no further.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

const env = process.env;
const root = fileURLToPath(new URL("..", import.meta.url));

const chromiums = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];
const swiftShaders = [
  "/usr/lib/chromium/vk_swiftshader_icd.json",
  "/usr/lib/chromium-browser/vk_swiftshader_icd.json",
  "/opt/google/chrome/vk_swiftshader_icd.json",
];

/** The toggle makes Dawn compile pipelines for SwiftShader 10 to 20 times faster. */
export const dawnFlags = ["disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension"];

/** Asks Dawn in a child process: it caches its drivers, prints warnings of its own, and may be missing. */
function probe(extra) {
  const script = `
    import { create } from "webgpu";
    const adapter = await create(${JSON.stringify(dawnFlags)}).requestAdapter();
    if (adapter) console.log(/swiftshader|llvmpipe/i.test(JSON.stringify([adapter.info.vendor,
      adapter.info.architecture, adapter.info.description])) ? "software" : "hardware");
    process.exit(0);`;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: root,
    encoding: "utf8",
    env: { ...env, ...extra },
    timeout: 60_000,
  });
  return child.stdout?.trim() || null;
}

function findAdapter() {
  const adapter = probe({});
  if (adapter || env.VK_ICD_FILENAMES || env.VK_DRIVER_FILES) return adapter;
  const icd = swiftShaders.find(existsSync);
  if (!icd || !probe({ VK_ICD_FILENAMES: icd })) return null;
  env.VK_ICD_FILENAMES = icd;
  return "software";
}

/** Looks again: for the set-up, after it has installed something. */
export function findDevices() {
  env.XDG_RUNTIME_DIR ??= tmpdir();
  if (!env.CHROMIUM) {
    const chromium = chromiums.find(existsSync);
    if (chromium) env.CHROMIUM = chromium;
  }
  if (!env.HEDDLE_ADAPTER) {
    const adapter = findAdapter();
    if (adapter) env.HEDDLE_ADAPTER = adapter;
  }
  return {
    /** @type {string | undefined} "hardware" or "software"; undefined where Dawn has no adapter */
    adapter: env.HEDDLE_ADAPTER,
    /** @type {string | undefined} path of the browser */
    chromium: env.CHROMIUM,
  };
}

findDevices();
