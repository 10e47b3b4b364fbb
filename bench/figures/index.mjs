// Single numbers about Heddle, less is better: `{ name, title, unit, isDefault, measure }`; `measure` gives `details` and,
// where there is what it takes, `value`. What is not `isDefault` takes minutes and belongs to the suite.
import { barrier } from "./barrier.mjs";
import { epoch } from "./epoch.mjs";
import { memory } from "./memory.mjs";
import { peakInference, peakTraining } from "./peak.mjs";
import { size } from "./size.mjs";
import { start } from "./start.mjs";

export const figures = [start, size, memory, peakTraining, peakInference, barrier, epoch];
