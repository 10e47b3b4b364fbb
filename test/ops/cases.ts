/** The op suite's rows: every primitive and composite, addressed by name, run on every device. */
import type { Case } from "../support/case.ts";
import { ACTIVATIONS } from "./cases/activations.ts";
import { BINARY } from "./cases/binary.ts";
import { CAST } from "./cases/cast.ts";
import { CONTRACT } from "./cases/contract.ts";
import { CONV } from "./cases/conv.ts";
import { CREATE } from "./cases/create.ts";
import { INDEXING } from "./cases/indexing.ts";
import { LARGE } from "./cases/large.ts";
import { LIMITS } from "./cases/limits.ts";
import { LOSSES } from "./cases/losses.ts";
import { MOVEMENT } from "./cases/movement.ts";
import { NORMALIZE } from "./cases/normalize.ts";
import { POOL } from "./cases/pool.ts";
import { PRIMITIVES } from "./cases/primitives.ts";
import { REDUCE } from "./cases/reduce.ts";
import { RESIZE } from "./cases/resize.ts";
import { UNARY } from "./cases/unary.ts";
import { VIEWS } from "./cases/views.ts";

export const CASES: readonly Case[] = [
  ...CREATE,
  ...UNARY,
  ...BINARY,
  ...CAST,
  ...MOVEMENT,
  ...REDUCE,
  ...CONTRACT,
  ...CONV,
  ...POOL,
  ...RESIZE,
  ...INDEXING,
  ...ACTIVATIONS,
  ...NORMALIZE,
  ...LOSSES,
  ...PRIMITIVES,
  ...VIEWS,
  ...LIMITS,
  ...LARGE,
];
