/** Stages from plain data. Imports every one: only workers and files need it. */
import { fail } from "../../base/errors.ts";
import { crop, pad } from "./frame.ts";
import { flip, rotate, shear, shift, zoom } from "./motions.ts";
import type { Stage, StageConfig } from "./stage.ts";
import { brightness, contrast, cutout } from "./values.ts";

const STAGES: Record<string, (options: never) => Stage> = {
  flip,
  rotate,
  shift,
  zoom,
  shear,
  crop,
  pad,
  brightness,
  contrast,
  cutout,
};

/**
 * The stages that `stages.map((stage) => stage.config)` describes.
 * @throws HeddleError when a description names no stage, or its options are wrong
 */
export function stagesFromConfig(configs: readonly StageConfig[]): Stage[] {
  return configs.map(({ type, ...options }) => {
    if (Object.hasOwn(STAGES, type)) return STAGES[type](options as never);
    return fail(
      "augment",
      `a stage is one of ${Object.keys(STAGES).join(", ")}: got ${JSON.stringify(type)}`,
    );
  });
}
