/** Versions for `--version` and for reports. */
import { readFileSync } from "node:fs";

/** The package's version; its package.json lies two folders up from the built and from the source file. */
export function heddleVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return version;
}

export function versions(): { heddle: string; node: string; v8: string } {
  return { heddle: heddleVersion(), node: process.versions.node, v8: process.versions.v8 };
}
