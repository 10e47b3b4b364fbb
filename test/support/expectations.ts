/**
 * Known deviations: what is expected to fail, by case and device (`conv2d/same-stride2/webgpu`), and why.
 * An entry that passes is a failure too, so the list only shrinks by being read.
 */
export const EXPECTED_FAILURES: Readonly<Record<string, string>> = {
  ...onEveryDevice("mod/int32-large", "the sign is taken from a product that may overflow"),
};

function onEveryDevice(name: string, reason: string): Record<string, string> {
  return Object.fromEntries(["reference", "wasm1", "wasm2", "webgpu"].map((d) => [`${name}/${d}`, reason]));
}
