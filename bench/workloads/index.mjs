// What is measured. A workload is `{ name, title, engines, flops, tolerance, make }`; `make(engine)` gives its `job`
// (`run()` does it once, to the end) and `check()`, the error of what it computes against the reference.
import { conv } from "./conv.mjs";
import { matmul } from "./matmul.mjs";
import { cnn, mlp } from "./training.mjs";

export const workloads = [matmul(512), matmul(1024), conv, mlp, cnn];
