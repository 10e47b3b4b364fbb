/**
 * Depthwise 2-D convolution (one kernel plane per channel), its input gradient and its kernel gradient, on strips of
 * 4 pixels × 4 channels. Pixels are walked as in conv.ts; the kernel is read as it lies, [taps, channels].
 */
import { interiorRun, nextStrip, pointToTaps, skipStrips, startStrips } from "./convStrip";
import { prepareScratch } from "./gemmScratch";
import { TERM_BYTES, termAt, resultRow } from "./gemmTable";
import { add, multiply, multiplyAdd, zero } from "./channels";
import { MAX_TERMS } from "./limits";
import { param } from "./param";
import { ConvParam } from "./params";
import { runProgram } from "./program";
import { madd } from "./simd";

/** Forwards and, with the taps of a phase, the input gradient. A chunk is a range of pixels, with all channels. */
export function depthwise(p: usize, chunk: i32, scratch: usize): void {
  const channels = param(p, ConvParam.Groups), perChunk = param(p, ConvParam.PixelsPerChunk);
  const t0 = chunk * perChunk, t1 = min(param(p, ConvParam.Pixels), t0 + perChunk);
  const blockChannels = param(p, ConvParam.BlockColumns);
  const kernel = <usize>param(p, ConvParam.Kernel);
  prepareScratch(scratch);
  for (let channel = 0; channel < channels; channel += blockChannels) {
    walk(p, t0, t1, channel, min(blockChannels, channels - channel), kernel, false, scratch);
  }
  const program = <usize>param(p, ConvParam.Program);
  if (program != 0) runProgram(program, t0 * channels, (t1 - t0) * channels, scratch);
}

/**
 * The gradient of the kernel. Parameters keep the names of the convolution: `Source` is x, `Result` its gradient dy, and
 * the sum is written to `Kernel`. A chunk is a range of pixels, which has its own sum, and a block of channels.
 */
export function depthwiseWeightGrad(p: usize, chunk: i32, scratch: usize): void {
  const channels = param(p, ConvParam.Groups), perChunk = param(p, ConvParam.PixelsPerChunk);
  const blockChannels = param(p, ConvParam.BlockColumns), blocks = param(p, ConvParam.ColumnChunks);
  const taps = param(p, ConvParam.Taps), partial = chunk / blocks;
  const channel = (chunk % blocks) * blockChannels, count = min(blockChannels, channels - channel);
  const t0 = partial * perChunk, t1 = min(param(p, ConvParam.Pixels), t0 + perChunk);
  const kernel = <usize>param(p, ConvParam.Kernel) + (<usize>(partial * taps * channels) << 2);
  prepareScratch(scratch);
  for (let tap = 0; tap < taps; tap++) {
    memory.fill(kernel + (<usize>(tap * channels + channel) << 2), 0, <usize>count << 2);
  }
  walk(p, t0, t1, channel, count, kernel, true, scratch);
}

/** Channels [channel, channel + count) of the grid's pixels [t0, t1). */
function walk(
  p: usize, t0: i32, t1: i32, channel: i32, count: i32, kernel: usize, isGradient: bool, scratch: usize,
): void {
  const taps = param(p, ConvParam.Taps), tapBytes = <usize>param(p, ConvParam.KernelTapBytes);
  const offset = <usize>channel << 2, whole = <usize>(count & ~3) << 2, end = <usize>count << 2;
  const sourceBytes = <usize>(4 * param(p, ConvParam.SourceStepX) * param(p, ConvParam.SourcePixelBytes));
  const resultBytes = <usize>(4 * param(p, ConvParam.StepX) * param(p, ConvParam.ResultPixelBytes));
  kernel += offset;
  // Pixels that no tap reaches get zeros: the empty sum runs once as well.
  let tap = 0;
  do {
    const tapEnd = min(taps, tap + MAX_TERMS);
    startStrips(p, t0, scratch);
    for (let t = t0; t < t1; t += 4) {
      const rows = min(4, t1 - t);
      nextStrip(p, rows, offset, offset, scratch);
      const terms = pointToTaps(p, rows, tap, tapEnd, tapBytes, true, scratch);
      // The strips behind it in the row have the same pointers, some bytes further.
      const run = interiorRun(p, t1 - t - rows >> 2, scratch);
      let from: usize = 0, to: usize = 0;
      for (let i = 0; i <= run; i++, from += sourceBytes, to += resultBytes) {
        if (isGradient) {
          correlate<v128>(scratch, terms, kernel, from, to, 0, whole);
          correlate<f32>(scratch, terms, kernel, from, to, whole, end);
        } else {
          const eights = whole & ~31;
          sumTapsByEight(scratch, terms, kernel, from, to, eights, tap > 0);
          sumTaps<v128>(scratch, terms, kernel, from, to, eights, whole, tap > 0);
          sumTaps<f32>(scratch, terms, kernel, from, to, whole, end, tap > 0);
        }
      }
      if (run > 0) skipStrips(p, run, scratch);
      t += 4 * run;
    }
    tap = tapEnd;
  } while (tap < taps);
}

/**
 * result = Σ_taps source · kernel for 8 channels at a time, up to byte offset `end`; the strip's pointers are `from`
 * and `to` bytes further.
 */
function sumTapsByEight(
  scratch: usize, terms: i32, kernel: usize, from: usize, to: usize, end: usize, accumulate: bool,
): void {
  const c0 = resultRow(scratch, 0) + to, c1 = resultRow(scratch, 1) + to;
  const c2 = resultRow(scratch, 2) + to, c3 = resultRow(scratch, 3) + to;
  const first = termAt(scratch, 0), last = first + <usize>terms * TERM_BYTES;
  for (let at: usize = 0; at < end; at += 32) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
    for (let term = first; term < last; term += TERM_BYTES) {
      const w = kernel + load<usize>(term, 16) + at, shift = from + at;
      const u = v128.load(w), v = v128.load(w, 16);
      let a = load<usize>(term, 0) + shift;
      s0 = madd(v128.load(a), u, s0); t0 = madd(v128.load(a, 16), v, t0);
      a = load<usize>(term, 4) + shift;
      s1 = madd(v128.load(a), u, s1); t1 = madd(v128.load(a, 16), v, t1);
      // Never true: keeps compilers from regrouping the loads and spilling sums.
      if (a == 0) break;
      a = load<usize>(term, 8) + shift;
      s2 = madd(v128.load(a), u, s2); t2 = madd(v128.load(a, 16), v, t2);
      a = load<usize>(term, 12) + shift;
      s3 = madd(v128.load(a), u, s3); t3 = madd(v128.load(a, 16), v, t3);
    }
    if (accumulate) {
      s0 = f32x4.add(v128.load(c0 + at), s0); t0 = f32x4.add(v128.load(c0 + at, 16), t0);
      s1 = f32x4.add(v128.load(c1 + at), s1); t1 = f32x4.add(v128.load(c1 + at, 16), t1);
      s2 = f32x4.add(v128.load(c2 + at), s2); t2 = f32x4.add(v128.load(c2 + at, 16), t2);
      s3 = f32x4.add(v128.load(c3 + at), s3); t3 = f32x4.add(v128.load(c3 + at, 16), t3);
    }
    v128.store(c0 + at, s0); v128.store(c0 + at, t0, 16);
    v128.store(c1 + at, s1); v128.store(c1 + at, t1, 16);
    v128.store(c2 + at, s2); v128.store(c2 + at, t2, 16);
    v128.store(c3 + at, s3); v128.store(c3 + at, t3, 16);
  }
}

/** The same for the channels at byte offsets [at, end), one vector or number at a time. */
function sumTaps<T>(
  scratch: usize, terms: i32, kernel: usize, from: usize, to: usize, at: usize, end: usize, accumulate: bool,
): void {
  const c0 = resultRow(scratch, 0) + to, c1 = resultRow(scratch, 1) + to;
  const c2 = resultRow(scratch, 2) + to, c3 = resultRow(scratch, 3) + to;
  const first = termAt(scratch, 0), last = first + <usize>terms * TERM_BYTES;
  for (; at < end; at += sizeof<T>()) {
    let s0 = zero<T>(), s1 = zero<T>(), s2 = zero<T>(), s3 = zero<T>();
    for (let term = first; term < last; term += TERM_BYTES) {
      const w = load<T>(kernel + load<usize>(term, 16) + at);
      s0 = multiplyAdd<T>(load<T>(load<usize>(term, 0) + from + at), w, s0);
      s1 = multiplyAdd<T>(load<T>(load<usize>(term, 4) + from + at), w, s1);
      s2 = multiplyAdd<T>(load<T>(load<usize>(term, 8) + from + at), w, s2);
      s3 = multiplyAdd<T>(load<T>(load<usize>(term, 12) + from + at), w, s3);
    }
    if (accumulate) {
      s0 = add<T>(load<T>(c0 + at), s0);
      s1 = add<T>(load<T>(c1 + at), s1);
      s2 = add<T>(load<T>(c2 + at), s2);
      s3 = add<T>(load<T>(c3 + at), s3);
    }
    store<T>(c0 + at, s0);
    store<T>(c1 + at, s1);
    store<T>(c2 + at, s2);
    store<T>(c3 + at, s3);
  }
}

/** kernel += Σ_pixels source · result, per tap. */
function correlate<T>(
  scratch: usize, terms: i32, kernel: usize, from: usize, to: usize, at: usize, end: usize,
): void {
  const c0 = resultRow(scratch, 0) + to, c1 = resultRow(scratch, 1) + to;
  const c2 = resultRow(scratch, 2) + to, c3 = resultRow(scratch, 3) + to;
  const first = termAt(scratch, 0), last = first + <usize>terms * TERM_BYTES;
  for (; at < end; at += sizeof<T>()) {
    const y0 = load<T>(c0 + at), y1 = load<T>(c1 + at), y2 = load<T>(c2 + at), y3 = load<T>(c3 + at);
    for (let term = first; term < last; term += TERM_BYTES) {
      let s = multiply<T>(load<T>(load<usize>(term, 0) + from + at), y0);
      s = multiplyAdd<T>(load<T>(load<usize>(term, 4) + from + at), y1, s);
      s = multiplyAdd<T>(load<T>(load<usize>(term, 8) + from + at), y2, s);
      s = multiplyAdd<T>(load<T>(load<usize>(term, 12) + from + at), y3, s);
      const sum = kernel + load<usize>(term, 16) + at;
      store<T>(sum, add<T>(load<T>(sum), s));
    }
  }
}
