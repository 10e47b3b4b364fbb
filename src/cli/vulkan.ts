/**
 * A GPU for machines without one: SwiftShader, the software Vulkan driver that ships with Chromium. Vulkan finds it
 * only when told, so the command points there when Linux has no other driver; `auto` still prefers wasm.
 */
import { existsSync, readdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** Where the Vulkan loader looks for drivers, in `vulkan/icd.d`. */
function driverFolders(): string[] {
  const { XDG_CONFIG_HOME, XDG_CONFIG_DIRS, XDG_DATA_HOME, XDG_DATA_DIRS } = process.env;
  const roots = [
    ...["/etc", "/usr/share", "/usr/local/share", "/usr/local/etc", "/run/opengl-driver/share"],
    ...[join(homedir(), ".config"), join(homedir(), ".local/share")],
    ...[XDG_CONFIG_HOME, XDG_CONFIG_DIRS, XDG_DATA_HOME, XDG_DATA_DIRS].flatMap(
      (list) => list?.split(":") ?? [],
    ),
  ];
  return roots.filter(Boolean).map((root) => join(root, "vulkan/icd.d"));
}

const SWIFT_SHADERS = [
  "/usr/lib/chromium/vk_swiftshader_icd.json",
  "/usr/lib/chromium-browser/vk_swiftshader_icd.json",
  "/opt/google/chrome/vk_swiftshader_icd.json",
];

export function offerSoftwareGpu(): void {
  const { env, platform } = process;
  if (platform !== "linux" || env.VK_ICD_FILENAMES || env.VK_DRIVER_FILES || env.VK_ADD_DRIVER_FILES) return;
  if (driverFolders().some(hasFiles)) return;
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
