import type { Counts } from '../choose-counts.ts'
import type { Curve } from './curve.ts'

/** A group with the curve of its loss, and what its cut saves. */
export interface CurvedGroup {
  readonly name: string
  readonly channels: number
  readonly curve: Curve
  /** What is saved of the target's measure for each share of its channels that goes, to first order. */
  readonly saving: number
}

/** How many channels go at a level from 0 (none) to 1 (all that may), growing with it. */
type CountsAt = (level: number) => Counts

/**
 * Every group is cut until its predicted loss is L, the level's: the greatest loss of any group is least at the target,
 * as PaddleSlim 1.4 does. L grows in proportion to the level in its upper half.
 */
export function equalLoss(groups: readonly CurvedGroup[]): CountsAt {
  const most = Math.max(0, ...groups.map(({ curve }) => curve.lossAt(curve.maxRatio)))
  return inHalves(
    groups,
    rise =>
      ({ curve }) =>
        curve.ratioAt(most * rise),
  )
}

/**
 * The sum of the predicted losses is least for what is saved: with a price λ of what is saved, each group takes the ratio
 * at which loss − λ·saving is least (Lagrange's multiplier; every saving is exact for small cuts, and shrinks for all
 * groups alike as their neighbours are cut). λ grows with the cube of the level in its upper half.
 */
export function leastLoss(groups: readonly CurvedGroup[]): CountsAt {
  const steps = Array.from({ length: 201 }, (_, step) => step / 200)
  const tables = new Map(
    groups.map(group => [
      group,
      steps.map(step => step * group.curve.maxRatio).map(ratio => ({ ratio, loss: group.curve.lossAt(ratio) })),
    ]),
  )
  // Beyond the steepest way to the end every group goes all the way.
  const steepest = groups.flatMap(group => {
    const end = group.curve.lossAt(group.curve.maxRatio)
    return (tables.get(group) ?? [])
      .slice(0, -1)
      .map(({ ratio, loss }) => (end - loss) / (group.saving * (group.curve.maxRatio - ratio)))
  })
  const highest = Math.max(0, ...steepest.filter(Number.isFinite)) * 1.0001
  return inHalves(groups, rise => {
    const price = highest * rise ** 3
    return group => {
      let best = { ratio: 0, value: 0 }
      for (const { ratio, loss } of tables.get(group) ?? []) {
        const value = loss - price * group.saving * ratio
        if (value <= best.value) best = { ratio, value }
      }
      return best.ratio
    }
  })
}

/**
 * In the upper half of the levels the ratios rise from those that cost nothing; in the lower half these rise from 0 in
 * proportion, for a target that takes less.
 */
const inHalves =
  (groups: readonly CurvedGroup[], at: (rise: number) => (group: CurvedGroup) => number): CountsAt =>
  level => {
    const ratioOf = at(Math.max(0, 2 * level - 1))
    const part = Math.min(1, 2 * level)
    return new Map(groups.map(group => [group.name, Math.round(group.channels * part * ratioOf(group))]))
  }
