// Statistics of rounds: medians, and the confidence of a difference between two engines that took turns.

/** Less is noise of a shared machine. */
export const MARGIN = 0.03;

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** How many times faster `a` is than `b`: the median over the rounds that both took part in. */
export function speedup(a, b) {
  if (!a?.rounds?.length || !b?.rounds?.length || a.failure || b.failure) return undefined;
  const common = Math.min(a.rounds.length, b.rounds.length);
  return median(a.rounds.slice(0, common).map((ms, round) => b.rounds[round] / ms));
}

/** The order statistics between which the median lies with 95% probability, whatever the distribution. */
export function confidence(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  // Binomial tail: how many of the smallest may be left out.
  let out = 0;
  let probability = 0.5 ** n;
  for (let tail = probability; tail <= 0.025 && out < n; ) {
    out++;
    probability *= (n - out + 1) / out;
    tail += probability;
  }
  const first = Math.max(0, out - 1);
  return [sorted[first], sorted[n - 1 - first]];
}

/** The ratio of each round: above 1, this tree is faster. */
export function compare(mine, theirs) {
  const ratios = mine.rounds.map((ms, round) => theirs.rounds[round] / ms);
  const [low, high] = confidence(ratios);
  const verdict = high < 1 - MARGIN ? "slower" : low > 1 + MARGIN ? "faster" : "same";
  return { ratio: median(ratios), low, high, verdict };
}
