// Single numbers about Heddle, less is better: `{ name, title, unit, measure }`; `measure` gives `value` and `details`.
import { memory } from "./memory.mjs";
import { peakInference, peakTraining } from "./peak.mjs";
import { size } from "./size.mjs";
import { start } from "./start.mjs";

export const figures = [start, size, memory, peakTraining, peakInference];
