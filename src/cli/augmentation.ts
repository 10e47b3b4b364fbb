/** The stages of `--augment`: names with amounts, `flip,crop=4,rotate=15`. */
import { fail } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import { crop, pad } from "../data/augment/frame.ts";
import { flip, rotate, shear, shift, zoom } from "../data/augment/motions.ts";
import type { Stage } from "../data/augment/stage.ts";
import { brightness, contrast, cutout } from "../data/augment/values.ts";

const STAGES: Record<string, (amount: number | undefined, picture: Shape) => readonly Stage[]> = {
  flip: () => [flip()],
  /** He et al. 2016, 4.2: a part of the padded picture. */
  crop: (pixels = 4, [height, width]) => [pad({ pixels }), crop({ size: [height, width] })],
  rotate: (degrees) => [rotate({ degrees })],
  shift: (part) => [shift({ horizontal: part, vertical: part })],
  zoom: (factor) => [zoom({ factor })],
  shear: (degrees) => [shear({ degrees })],
  brightness: (delta) => [brightness({ delta })],
  contrast: (factor) => [contrast({ factor })],
  cutout: (size = 8) => [cutout({ size })],
};

export const AUGMENTATIONS = Object.keys(STAGES);

/**
 * @param text what was given, `flip,crop=4`
 * @param picture shape of a sample
 * @throws HeddleError when it names no stage, or an amount is wrong
 */
export function stagesOf(text: string, picture: Shape): Stage[] {
  return text.split(",").flatMap((part) => {
    const [name, amount] = part.split("=");
    if (!Object.hasOwn(STAGES, name)) {
      fail("train", `--augment must name stages of ${AUGMENTATIONS.join(", ")}: got ${part}`);
    }
    if (amount !== undefined && (name === "flip" || amount === "" || !Number.isFinite(Number(amount)))) {
      const rule = name === "flip" ? "takes no amount" : "takes a number";
      fail("train", `--augment ${name} ${rule}: got ${part}`);
    }
    return STAGES[name](amount === undefined ? undefined : Number(amount), picture);
  });
}
