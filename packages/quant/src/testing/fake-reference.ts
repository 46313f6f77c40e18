/** Rounding to levels and back, written out from the definition in float64, for comparison only. */
export interface ReferenceLevels {
  readonly scale: number
  readonly zeroPoint: number
  readonly least: number
  readonly most: number
}

const halfToEven = (x: number) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x))

const levelOf = (x: number, { scale, zeroPoint, least, most }: ReferenceLevels) =>
  Math.min(most, Math.max(least, halfToEven(x / scale) + zeroPoint))

export const fakeQuantized = (x: number, levels: ReferenceLevels): number =>
  (levelOf(x, levels) - levels.zeroPoint) * levels.scale

/** d fakeQuantized / d scale as it is learned (Esser et al. 2020, (3)): round(v) − v inside, the last level beyond. */
export function scaleDerivative(x: number, { scale, zeroPoint, least, most }: ReferenceLevels): number {
  const v = x / scale
  if (v + zeroPoint <= least) return least - zeroPoint
  if (v + zeroPoint >= most) return most - zeroPoint
  return halfToEven(v) - v
}

/** moving_average_abs_max of PaddleSlim, from state 1 and the first scale on: the scale after each maximum. */
export function movingAverage(maxima: readonly number[], first: number, rate: number): number[] {
  let [state, accum] = [1, first]
  return maxima.map(max => {
    state = rate * state + 1
    accum = rate * accum + max
    return accum / state
  })
}

/** range_abs_max of PaddleSlim, which keeps the scale and looks at its window only when the greatest leaves it. */
export function windowMaximum(maxima: readonly number[], first: number, window: number): number[] {
  const ring = [first]
  let scale = first
  return maxima.map((max, step) => {
    const place = (step + 1) % window
    const evicted = ring[place]
    ring[place] = max
    if (max > scale) scale = max
    else if (evicted !== undefined && Math.abs(evicted - scale) < 1e-6) scale = Math.max(...ring)
    return scale
  })
}
