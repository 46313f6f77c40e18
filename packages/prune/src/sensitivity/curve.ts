import type { SensitivityPoint } from './sensitivities.ts'

/** The predicted loss of a metric when a share of a group's channels goes; 0 at 0, never falling. */
export interface Curve {
  /** Largest share that it says anything about. */
  readonly maxRatio: number
  readonly lossAt: (ratio: number) => number
  /** The largest share whose loss is not greater. */
  readonly ratioAt: (loss: number) => number
}

export type CurveFit = 'monotone' | 'cubic'

/** A loss in a metric at a share of channels. */
export interface LossPoint {
  readonly ratio: number
  readonly loss: number
}

/** How much worse than the baseline; below zero where a point is better. */
export const lossPoints = (
  points: readonly SensitivityPoint[],
  baseline: number,
  lowerIsBetter: boolean,
): readonly LossPoint[] =>
  points.map(({ ratio, value }) => ({ ratio, loss: lowerIsBetter ? value - baseline : baseline - value }))

const grid = 1000

/**
 * Fits a curve through the origin. `monotone`: the nearest rising step values by least squares (isotonic regression, pool
 * adjacent violators, Barlow et al. 1972), straight lines between; `cubic`: a·r³ + b·r² + c·r + d by least squares with
 * five more points at the origin, as PaddleSlim 1.4, of which the greatest value so far is taken, so that a ratio is its
 * smallest root.
 */
export function fitCurve(points: readonly LossPoint[], fit: CurveFit, maxRatio: number): Curve {
  const sorted = points.toSorted((a, b) => a.ratio - b.ratio)
  const end = Math.min(maxRatio, sorted.at(-1)?.ratio ?? 0)
  const raw = fit === 'cubic' ? cubic(sorted) : piecewise(isotonic(sorted))
  const losses = new Float64Array(grid + 1)
  for (let step = 1; step <= grid; step++) losses[step] = Math.max(losses[step - 1] ?? 0, raw((end * step) / grid))
  const lossAt = (ratio: number) => {
    const place = Math.min(grid, Math.max(0, end > 0 ? (ratio / end) * grid : 0))
    const low = Math.floor(place)
    const [from, to] = [losses[low] ?? 0, losses[Math.min(grid, low + 1)] ?? 0]
    return from + (to - from) * (place - low)
  }
  return {
    maxRatio: end,
    lossAt,
    ratioAt: loss => {
      const above = losses.findIndex(value => value > loss)
      if (above < 0) return end
      const [from, to] = [losses[above - 1] ?? 0, losses[above] ?? 0]
      return (end * (above - 1 + (loss - from) / (to - from))) / grid
    },
  }
}

/** The rising values nearest to the losses, none below 0: neighbours that fall are pooled to their mean. */
function isotonic(points: readonly LossPoint[]): readonly LossPoint[] {
  const blocks: { ratios: number[]; sum: number }[] = []
  for (const { ratio, loss } of points) {
    let block = { ratios: [ratio], sum: Math.max(0, loss) }
    for (let last = blocks.at(-1); last && mean(last) > mean(block); last = blocks.at(-1)) {
      block = { ratios: [...last.ratios, ...block.ratios], sum: last.sum + block.sum }
      blocks.pop()
    }
    blocks.push(block)
  }
  return blocks.flatMap(block => block.ratios.map(ratio => ({ ratio, loss: mean(block) })))
}

const mean = ({ ratios, sum }: { readonly ratios: readonly number[]; readonly sum: number }) => sum / ratios.length

/** Straight lines from the origin through the points. */
function piecewise(points: readonly LossPoint[]): (ratio: number) => number {
  return ratio => {
    let from: LossPoint = { ratio: 0, loss: 0 }
    for (const to of points) {
      if (ratio <= to.ratio) return from.loss + ((to.loss - from.loss) * (ratio - from.ratio)) / (to.ratio - from.ratio)
      from = to
    }
    return from.loss
  }
}

/** The cubic of least squares over the points and five at the origin, by its normal equations. */
function cubic(points: readonly LossPoint[]): (ratio: number) => number {
  const all = [...Array<LossPoint>(5).fill({ ratio: 0, loss: 0 }), ...points]
  const powers = [0, 1, 2, 3]
  const rows = powers.map(row => [
    ...powers.map(column => all.reduce((sum, { ratio }) => sum + ratio ** (row + column), row === column ? 1e-12 : 0)),
    all.reduce((sum, { ratio, loss }) => sum + loss * ratio ** row, 0),
  ])
  const solution = solved(rows)
  return ratio => powers.reduce((sum, power) => sum + (solution[power] ?? 0) * ratio ** power, 0)
}

/** Gaussian elimination with row exchanges of a system whose right side is the last column. */
function solved(system: readonly (readonly number[])[]): readonly number[] {
  const rows = system.map(row => [...row])
  const size = rows.length
  for (let column = 0; column < size; column++) {
    const pivot = rows
      .slice(column)
      .reduce((best, row) => (Math.abs(row[column] ?? 0) > Math.abs(best[column] ?? 0) ? row : best))
    rows.splice(rows.indexOf(pivot), 1)
    rows.splice(column, 0, pivot)
    for (const row of rows.slice(column + 1)) {
      const factor = (row[column] ?? 0) / (pivot[column] ?? 1)
      for (let place = column; place <= size; place++) row[place] = (row[place] ?? 0) - factor * (pivot[place] ?? 0)
    }
  }
  const solution = Array<number>(size).fill(0)
  for (let column = size - 1; column >= 0; column--) {
    const row = rows[column] ?? []
    const rest = solution.reduce((sum, value, place) => sum + (place > column ? value * (row[place] ?? 0) : 0), 0)
    solution[column] = ((row[size] ?? 0) - rest) / (row[column] ?? 1)
  }
  return solution
}
