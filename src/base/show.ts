/** A value as messages show it. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  const kind = (value as object | undefined)?.constructor;
  if (kind === Object || kind === String) return JSON.stringify(value);
  return Object(value) === value ? `a ${kind?.name}` : String(value);
}
