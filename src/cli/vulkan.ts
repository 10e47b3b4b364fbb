/**
 * A GPU for machines without one: SwiftShader, the software Vulkan driver that ships with Chromium. Vulkan finds it
 * only when told, so the command points there when Linux has no other driver; `auto` still prefers wasm.
 */
import { existsSync, readdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** Where the Vulkan loader looks for drivers. */
const DRIVERS = [
  "/etc/vulkan/icd.d",
  "/usr/share/vulkan/icd.d",
  "/usr/local/share/vulkan/icd.d",
  "/usr/local/etc/vulkan/icd.d",
  join(homedir(), ".local/share/vulkan/icd.d"),
];

const SWIFT_SHADERS = [
  "/usr/lib/chromium/vk_swiftshader_icd.json",
  "/usr/lib/chromium-browser/vk_swiftshader_icd.json",
  "/opt/google/chrome/vk_swiftshader_icd.json",
];

export function offerSoftwareGpu(): void {
  const { env, platform } = process;
  if (platform !== "linux" || env.VK_ICD_FILENAMES || env.VK_DRIVER_FILES || DRIVERS.some(hasFiles)) return;
  const driver = SWIFT_SHADERS.find(existsSync);
  if (!driver) return;
  env.VK_ICD_FILENAMES = driver;
  env.XDG_RUNTIME_DIR ??= tmpdir();
}

function hasFiles(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false;
  }
}
