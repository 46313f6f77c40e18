import { type Graph, percentText, RecipeError } from '@pare/core-graph'
import type { ChannelGroup } from './channels/channel-groups.ts'
import type { Target } from './targets.ts'

/** How many channels go, by group name; groups that keep all may be left out. */
export type Counts = ReadonlyMap<string, number>

/** What is searched. */
export interface CountSearch {
  readonly groups: readonly ChannelGroup[]
  readonly target: Target
  /** How many channels of each group go at a level from 0 (none) to 1 (all that may), growing with it. */
  readonly countsAt: (level: number) => Counts
  /** A graph of the size of the one that is left. */
  readonly cut: (counts: Counts) => Graph
  /** What is left of each group is a multiple of it. */
  readonly multiple: number
  /** Largest share of a group's channels that may go. */
  readonly maxRatio: number
  readonly note: (message: string) => void
  readonly signal: AbortSignal
}

/** What was found. */
export interface ChosenCounts {
  readonly counts: Counts
  /** Share of the measure that is left. */
  readonly reached: number
  readonly level: number
}

/** How near the target must be, as a share of what was there before. */
const tolerance = 0.01

/** Beyond this nobody would see it. */
const fine = 0.0005

/**
 * Bisects the level until what is left is the target's share, within 1 %: counts are whole and what is left a multiple,
 * so it is jumped over often; then the groups that differ on both sides of the jump are cut one after another.
 * Graphs are cut and measured, nothing is run (unless the measure is a latency: then fewer steps, and no refinement).
 * @throws RecipeError `RECIPE_PRUNE_TARGET` for a target that cannot be reached, with the least that can
 */
export async function chooseCounts(search: CountSearch): Promise<ChosenCounts> {
  const { groups, target, countsAt, cut, multiple, note, signal } = search
  const { measure, before, share } = target
  const isMeasured = measure.id === 'latency'
  const known = new Map<string, ChosenCounts>()
  const measured = async (counts: Counts, level: number): Promise<ChosenCounts> => {
    signal.throwIfAborted()
    const key = groups.map(({ name }) => counts.get(name) ?? 0).join()
    const made = known.get(key) ?? { counts, reached: (await measure.of(cut(counts))) / before, level }
    known.set(key, made)
    if (Math.abs(made.reached - share) < Math.abs(best.reached - share)) best = made
    return made
  }
  const at = (level: number) => measured(roundedCounts(countsAt(level), search), level)
  const isFine = () => Math.abs(best.reached - share) <= fine

  let best: ChosenCounts = { counts: new Map(), reached: Number.POSITIVE_INFINITY, level: 0 }
  let above = await at(0)
  if (above.reached <= share + fine) {
    note(
      `Nothing is cut: of the ${measure.unit} ${percentText(above.reached)} are left as it is, not more than ${percentText(share)}.`,
    )
    return above
  }
  let below = await at(1)
  if (below.reached > share + tolerance) throw unreachable(target, below.reached)
  for (let step = 0, low = 0, high = 1; step < (isMeasured ? 8 : 20) && !isFine(); step++) {
    const middle = (low + high) / 2
    const made = await at(middle)
    if (made.reached > share) [low, above] = [middle, made]
    else [high, below] = [middle, made]
  }
  if (!isMeasured) await refine()
  if (!isMeasured) await approach()
  if (Math.abs(best.reached - share) > tolerance)
    note(
      `${percentText(best.reached)} of the ${measure.unit} are left, where the target is ${percentText(share)}: nearer is not to be had ${isMeasured ? 'by measuring' : `with channels in multiples of ${multiple}`}.`,
    )
  return best

  /** From above the jump to below it, group by group, and within the group that jumps over the target. */
  async function refine(): Promise<void> {
    let current = above
    const withCount = (name: string, count: number) =>
      measured(new Map([...current.counts, [name, count]]), above.level)
    for (const { name } of groups) {
      if (isFine()) return
      let low = current.counts.get(name) ?? 0
      let high = below.counts.get(name) ?? 0
      if (low === high) continue
      const whole = await withCount(name, high)
      if (whole.reached > share) {
        current = whole
        continue
      }
      while (high - low > multiple) {
        const middle = low + multiple * Math.floor((high - low) / multiple / 2)
        if (middle === low) break
        const made = await withCount(name, middle)
        if (made.reached > share) [low, current] = [middle, made]
        else high = middle
      }
    }
  }

  /** Where that was not enough: one step of one group at a time, each the best of all, as long as it leads nearer. */
  async function approach(): Promise<void> {
    for (let steps = 0; steps < 8 && Math.abs(best.reached - share) > tolerance; steps++) {
      const before = best
      for (const counts of neighbours(before.counts, search)) await measured(counts, before.level)
      if (best === before) return
    }
  }
}

/** Counts in which one group has the next multiple more or less. */
function* neighbours(counts: Counts, { groups, multiple, maxRatio }: CountSearch): Generator<Counts> {
  for (const { name, channels } of groups) {
    const left = channels - (counts.get(name) ?? 0)
    const fewer = (Math.ceil(left / multiple) - 1) * multiple
    if (fewer >= leastLeft(channels, multiple, maxRatio)) yield new Map([...counts, [name, channels - fewer]])
    const more = Math.min(channels, (Math.floor(left / multiple) + 1) * multiple)
    if (more > left) yield new Map([...counts, [name, channels - more]])
  }
}

/** With what is left of each group rounded to the nearest multiple, of which one stays at least. */
function roundedCounts(counts: Counts, { groups, multiple, maxRatio }: CountSearch): Counts {
  return new Map(
    groups.map(({ name, channels }) => {
      const least = leastLeft(channels, multiple, maxRatio)
      const left = channels - (counts.get(name) ?? 0)
      const rounded = Math.max(least, Math.round(left / multiple) * multiple)
      // All may stay, whatever their number.
      return [name, left === channels || rounded >= channels ? 0 : channels - rounded]
    }),
  )
}

/** How many channels of a group must be left. */
const leastLeft = (channels: number, multiple: number, maxRatio: number): number => {
  const least = Math.max(1, Math.ceil(channels * (1 - maxRatio) - 1e-9))
  return Math.min(channels, Math.ceil(least / multiple) * multiple)
}

const unreachable = ({ measure, share }: Target, least: number) =>
  new RecipeError({
    code: 'RECIPE_PRUNE_TARGET',
    message: `The target of ${percentText(share)} of the ${measure.unit} cannot be reached: ${percentText(least)} is the least that may be left.`,
    hint: 'Raise the target or maxRatio, make multiple smaller, or exclude less; `pare inspect --prune` tells which layers cannot be cut.',
  })
