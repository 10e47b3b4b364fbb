/** `heddle/callbacks`: what may accompany a training. */
export type {
  BatchLogs,
  Callback,
  CallbackState,
  Logs,
  Pause,
  TrainedModel,
  TrainingEnd,
  TrainingRun,
} from "./callback.ts";
export { type CheckpointOptions, checkpoint } from "./checkpoint.ts";
export { type EarlyStoppingOptions, earlyStopping } from "./earlyStopping.ts";
export { csvLogger, jsonLogger, type LoggerOptions, type LogTarget } from "./loggers.ts";
export type { MonitorOptions } from "./monitor.ts";
export { type ProgressOptions, progress } from "./progress.ts";
export { type ReduceOnPlateauOptions, reduceOnPlateau } from "./reduceOnPlateau.ts";
export { terminateOnNaN } from "./terminateOnNaN.ts";
