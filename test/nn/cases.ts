/** Rows of the op suite for layers, losses, regularisers, metrics and initial values, by entry point and name. */
import type { Case } from "../support/case.ts";
import { CONVOLUTIONS } from "./cases/convolutions.ts";
import { INITIALIZERS } from "./cases/initializers.ts";
import { LOSSES } from "./cases/losses.ts";
import { METRICS } from "./cases/metrics.ts";
import { NORMALIZATION } from "./cases/normalization.ts";
import { POOLING } from "./cases/pooling.ts";
import { RECURRENT } from "./cases/recurrent.ts";
import { STRUCTURE } from "./cases/structure.ts";

export const LAYER_CASES: readonly Case[] = [
  ...STRUCTURE,
  ...CONVOLUTIONS,
  ...POOLING,
  ...NORMALIZATION,
  ...RECURRENT,
  ...LOSSES,
  ...METRICS,
  ...INITIALIZERS,
];
