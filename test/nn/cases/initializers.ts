/** Initial values: the same numbers on every device, keyed by path and seed. */
import { initializers } from "../../../src/nn/index.ts";
import { type Case, define } from "../../support/case.ts";

const { initializerOf: _, ...makers } = initializers;

export const INITIALIZERS: readonly Case[] = Object.entries(makers).map(([name, make]) =>
  define(`initializers.${name}/kernel`, [], () => make().make([4, 6], { path: "kernel", seed: 3 })),
);
