/**
 * Known deviations: what is expected to fail, by case and device (`conv2d/same-stride2/webgpu`), and why.
 * An entry that passes is a failure too, so the list only shrinks by being read.
 */
export const EXPECTED_FAILURES: Readonly<Record<string, string>> = {};
