/**
 * Every layer, loss, regulariser, metric and initializer on every device, by input and by parameter:
 * `npx vitest run test/nn/cases.test.ts -t "nn.conv2d/padding/webgpu"`.
 */
import { runCases } from "../support/run.ts";
import { LAYER_CASES } from "./cases.ts";

runCases(LAYER_CASES);
