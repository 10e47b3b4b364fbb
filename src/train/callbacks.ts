/** `heddle/callbacks`: what may accompany a training. */
export type { BatchLogs, Callback, Logs, TrainedModel, TrainingEnd, TrainingRun } from "./callback.ts";
export { type CheckpointOptions, checkpoint } from "./checkpoint.ts";
export { type EarlyStoppingOptions, earlyStopping } from "./earlyStopping.ts";
export { type ProgressOptions, progress } from "./progress.ts";
