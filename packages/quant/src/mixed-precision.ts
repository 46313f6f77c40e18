import { digits, type Evaluator, type Graph, RecipeError } from '@pare/core-graph'
import type { LayerSensitivity } from './layer-sensitivities.ts'

/** How few layers had to stay float. Plain JSON data. */
export interface MixedPrecision {
  /** By which accuracy was measured: a share, where more is better. */
  readonly metric: string
  /** The drop that was allowed, and the one that there is, in points (hundredths). */
  readonly maxDrop: number
  readonly drop: number
  /** Whether the drop is within what was allowed. */
  readonly isKept: boolean
  readonly float: number
  readonly result: number
  /** The layers that stay float, the most sensitive first. */
  readonly keptFloat: readonly string[]
  /** All layers by what int8 in them alone costs, the most sensitive first; empty where none had to stay float. */
  readonly ranking: readonly LayerSensitivity[]
  /** What was measured on the way: so many of the first layers in float. */
  readonly trials: readonly { readonly layers: number; readonly value: number; readonly drop: number }[]
}

/** Of the difference of two shares. */
const rounding = 1e-9

/** What the search for layers asks of its surroundings. */
export interface PrecisionSearch<Candidate extends { readonly graph: Graph }> {
  /** The model that accuracy is lost against. */
  readonly original: Graph
  readonly evaluate: Evaluator
  readonly maxDrop: number
  /** Default: `top1` where it is measured, else `agreement`. */
  readonly metric: string | undefined
  /** Ranks the layers. */
  readonly rank: () => Promise<readonly LayerSensitivity[]>
  /** Quantizes all but these nodes, each with its reason. */
  readonly quantize: (keep: ReadonlyMap<string, string>) => Promise<Candidate>
  readonly signal?: AbortSignal | undefined
}

/**
 * Mixed precision to an accuracy target: the fewest of the most sensitive layers that must stay float so that accuracy
 * falls by no more than `maxDrop` points, found by bisection over the ranking. With every layer quantized the drop is
 * measured first: where it is small enough nothing is ranked.
 *
 * Bisection takes the drop to shrink with the number of layers in float; by the noise of a measurement it may not, and
 * then the number found is one that keeps the bound, though not surely the least.
 *
 * @throws RecipeError `RECIPE_METRIC` when the metric is not measured
 */
export async function mixedPrecision<Candidate extends { readonly graph: Graph }>(
  search: PrecisionSearch<Candidate>,
): Promise<{ readonly candidate: Candidate; readonly details: MixedPrecision }> {
  const { original, evaluate, maxDrop, rank, quantize, signal } = search
  const options = signal ? { signal } : {}
  const measured = await evaluate(original, options)
  const metric = search.metric ?? ('top1' in measured ? 'top1' : 'agreement')
  const shareOf = (metrics: Readonly<Record<string, number>>): number => {
    const value = metrics[metric]
    if (value !== undefined) return value
    throw new RecipeError({
      code: 'RECIPE_METRIC',
      message: `maxDrop goes by ${metric}, which is not measured.`,
      hint: `Name one of ${Object.keys(metrics).join(', ')} as \`metric\`.`,
    })
  }
  const float = shareOf(measured)
  const trials: { layers: number; value: number; drop: number }[] = []
  let ranking: readonly LayerSensitivity[] = []
  const attempt = async (layers: number) => {
    signal?.throwIfAborted()
    const kept = ranking.slice(0, layers)
    const candidate = await quantize(new Map(kept.map((layer, index) => [layer.node, reasonOf(layer, index, ranking)])))
    const value = shareOf(await evaluate(candidate.graph, options))
    const trial = { layers, value, drop: 100 * (float - value) }
    trials.push(trial)
    return { candidate, trial, kept }
  }
  const isEnough = ({ trial }: { trial: { drop: number } }) => trial.drop <= maxDrop + rounding
  let best = await attempt(0)
  if (!isEnough(best)) {
    ranking = await rank()
    let tooFew = 0
    best = await attempt(ranking.length)
    if (isEnough(best))
      for (let enough = ranking.length; enough - tooFew > 1; ) {
        const middle = Math.floor((tooFew + enough) / 2)
        const tried = await attempt(middle)
        if (isEnough(tried)) {
          best = tried
          enough = middle
        } else tooFew = middle
      }
  }
  const { candidate, trial, kept } = best
  const keptFloat = kept.map(({ node }) => node)
  const result = { metric, maxDrop, drop: trial.drop, isKept: isEnough(best), float, result: trial.value }
  return { candidate, details: { ...result, keptFloat, ranking, trials } }
}

const reasonOf = ({ sqnr }: LayerSensitivity, index: number, ranking: readonly LayerSensitivity[]): string =>
  `kept float for accuracy: number ${index + 1} of ${ranking.length} by sensitivity, ${sqnr === null ? 'without noise' : `${digits(sqnr, 1)} dB`} at the output when it alone is int8`
