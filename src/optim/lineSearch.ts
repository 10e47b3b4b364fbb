/**
 * A step length that satisfies the strong Wolfe conditions: Algorithms 3.5 (bracketing) and 3.6 (zoom) of Nocedal &
 * Wright, "Numerical Optimization", 2nd edition, with cubic interpolation (3.59). In double precision on the host.
 */

/** The function along a line: at a step length, its value and slope, and whatever the caller needs to go on. */
export interface LinePoint {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
}

interface LineSearchOptions {
  /** Sufficient decrease, c₁. */
  readonly decrease: number;
  /** Curvature, c₂. */
  readonly curvature: number;
  /** Evaluations at most. */
  readonly evaluations: number;
  /** Shorter intervals are not searched. */
  readonly shortest: number;
}

/** Steps are tried at least this share of an interval away from its ends. */
const MARGIN = 0.1;
/** While no minimum is enclosed, the next step goes on by at least and at most so many times the last distance. */
const [LEAST_GROWTH, MOST_GROWTH] = [1.1, 9];

/**
 * A point that satisfies the conditions, or where evaluations run out the lowest one found.
 *
 * @param start the point at step 0; its slope is negative
 * @param first the step that is tried first
 */
export async function strongWolfe<P extends LinePoint>(
  probe: (step: number) => Promise<P>,
  start: P,
  first: number,
  options: LineSearchOptions,
): Promise<P> {
  const { decrease, curvature, evaluations, shortest } = options;
  const isHigh = (p: P): boolean => !(p.value <= start.value + decrease * p.step * start.slope);
  const isFlat = (p: P): boolean => Math.abs(p.slope) <= -curvature * start.slope;

  let low = start;
  let high: P | undefined;
  let step = first;
  let used = 0;
  while (!high && used < evaluations) {
    const point = await probe(step);
    used++;
    if (isHigh(point) || (low !== start && point.value >= low.value)) high = point;
    else if (isFlat(point)) return point;
    else if (point.slope >= 0) [low, high] = [point, low];
    else {
      const distance = step - low.step;
      step = clamp(cubicMinimum(low, point), step + LEAST_GROWTH * distance, step + MOST_GROWTH * distance);
      low = point;
    }
  }
  while (high && used < evaluations && Math.abs(high.step - low.step) > shortest) {
    const [left, right] = [Math.min(low.step, high.step), Math.max(low.step, high.step)];
    const margin = MARGIN * (right - left);
    const point = await probe(clamp(cubicMinimum(low, high), left + margin, right - margin));
    used++;
    if (isHigh(point) || point.value >= low.value) high = point;
    else {
      if (isFlat(point)) return point;
      if (point.slope * (high.step - low.step) >= 0) high = low;
      low = point;
    }
  }
  return low;
}

const clamp = (x: number, least: number, most: number): number => Math.max(least, Math.min(most, x));

/** The lowest point of the cubic through two points and slopes; the middle where it has none. */
function cubicMinimum(a: LinePoint, b: LinePoint): number {
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.step - b.step);
  const d2 = Math.sign(b.step - a.step) * Math.sqrt(d1 * d1 - a.slope * b.slope);
  const found = b.step - ((b.step - a.step) * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2);
  return Number.isFinite(found) ? found : (a.step + b.step) / 2;
}
