/** A plan in words: what was fused, where it runs, bytes and flops. */
import type { Kernel } from "../kernel/types.ts";
import type { Plan } from "./plan.ts";

const PREFIXES = ["", "k", "M", "G", "T"];

/** 1234567 bytes → `1.23 MB`. */
export function short(value: number, unit: string): string {
  let v = value;
  let step = 0;
  while (v >= 1000 && step < PREFIXES.length - 1) {
    v /= 1000;
    step++;
  }
  return `${step === 0 ? v : v.toFixed(v < 10 ? 2 : 1)} ${PREFIXES[step]}${unit}`;
}

function spaceOf(kernel: Kernel): string {
  if ("window" in kernel) {
    const w = kernel.window;
    return `${w.batch}×${w.inHeight}×${w.inWidth}×${w.inChannels} → ${w.outHeight}×${w.outWidth}×${w.outChannels}, ${w.kernelHeight}×${w.kernelWidth}`;
  }
  if ("shape" in kernel) return `[${kernel.shape}]${kernel.kind === "reduce" ? ` over ${kernel.axes}` : ""}`;
  if ("batch" in kernel) return [...kernel.batch, `${kernel.m}×${kernel.k}×${kernel.n}`].join("× ");
  return "rows" in kernel
    ? `${kernel.rows} × ${kernel.length}`
    : `${kernel.outer} × ${kernel.length} × ${kernel.inner}`;
}

/** The totals and one line per kernel, also of the plan that computes cached constants. `device` says where and why. */
export function explain(plan: Plan, constantsPlan: Plan | undefined, device: string): string {
  const lines = table(`plan on ${device}`, plan);
  if (constantsPlan) lines.push(...table("constants plan", constantsPlan));
  return lines.join("\n");
}

function table(title: string, plan: Plan): string[] {
  const { kernels } = plan.segment;
  const rows = kernels.map((k, i) => [
    String(i),
    k.kind,
    k.label,
    spaceOf(k),
    short(k.flops, "flop"),
    short(k.bytes, "B"),
  ]);
  const header = ["#", "kernel", "ops", "space", "flops", "bytes"];
  const widths = header.map((h, c) => Math.max(h.length, ...rows.map((r) => r[c].length)));
  const line = (r: readonly string[]): string =>
    r
      .map((cell, c) => cell.padEnd(widths[c]))
      .join("  ")
      .trimEnd();
  const flops = kernels.reduce((n, k) => n + k.flops, 0);
  const bytes = kernels.reduce((n, k) => n + k.bytes, 0);
  const memory = plan.slots.reduce((n, s) => n + s, 0);
  return [
    `${title}: ${kernels.length} kernels, ${short(flops, "flop")}, ${short(bytes, "B")} moved, ${short(memory, "B")} of slots`,
    line(header),
    ...rows.map(line),
  ];
}
