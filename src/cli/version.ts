/** Versions for `--version` and for reports. */
import { createRequire } from "node:module";

/** The version in the package.json of the package that this file is part of, built or not. */
export function heddleVersion(): string {
  const { version } = createRequire(import.meta.url)("heddle/package.json");
  return version;
}

export function versions(): { heddle: string; node: string; v8: string } {
  return { heddle: heddleVersion(), node: process.versions.node, v8: process.versions.v8 };
}
