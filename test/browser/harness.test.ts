// The ground the browser tests stand on: a page runs, WebGPU is there when asked for, threads when isolated.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, launchChromium, runInPage, runModule, type Site, serve } from "./harness.ts";

const doubled = `
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter.requestDevice();
  const usage = GPUBufferUsage;
  const code = "@group(0) @binding(0) var<storage, read_write> x: array<f32>;" +
    "@compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3u) { x[id.x] *= 2.0; }";
  const pipeline = await device.createComputePipelineAsync({
    layout: "auto", compute: { module: device.createShaderModule({ code }) } });
  const buffer = device.createBuffer({ size: 16, usage: usage.STORAGE | usage.COPY_SRC | usage.COPY_DST });
  const staging = device.createBuffer({ size: 16, usage: usage.MAP_READ | usage.COPY_DST });
  device.queue.writeBuffer(buffer, 0, new Float32Array([1, 2, 3, 4]));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = [{ binding: 0, resource: { buffer } }];
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, 16);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  globalThis.__result = [...new Float32Array(staging.getMappedRange())];
`;

describe.skipIf(!browserPath)("browser harness", () => {
  let folder: string;
  let site: Site;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "heddle-"));
    await writeFile(
      join(folder, "page.html"),
      '<!doctype html><script type="module" src="page.js"></script>',
    );
    await writeFile(join(folder, "page.js"), "globalThis.__result = crossOriginIsolated;");
    site = await serve({ "/": folder }, { isolated: true });
    browser = await launchChromium({ webgpu: true });
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await rm(folder, { recursive: true });
  });

  it("opens a page with shared memory", async () => {
    expect(await runInPage(browser, `${site.url}page.html`)).toBe(true);
  });

  it("computes with WebGPU", async () => {
    expect(await runModule(browser, site, doubled)).toEqual([2, 4, 6, 8]);
  });

  it("reports an uncaught error and stray output", async () => {
    await expect(runModule(browser, site, "throw new Error('lost')")).rejects.toThrow(/lost/);
    const noisy = "console.warn('noise'); globalThis.__result = 1;";
    await expect(runModule(browser, site, noisy)).rejects.toThrow(/noise/);
  });

  it("can do without WebGPU and without isolation", async () => {
    const plain = await serve({ "/": folder });
    const bare = await launchChromium({ webgpu: false });
    try {
      const source =
        "globalThis.__result = [crossOriginIsolated, (await navigator.gpu?.requestAdapter()) ?? null];";
      expect(await runModule(bare, plain, source)).toEqual([false, null]);
    } finally {
      await bare.close();
      await plain.close();
    }
  });
});
