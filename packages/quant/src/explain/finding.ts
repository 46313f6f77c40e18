import type { OutputFidelity } from '../output-fidelity.ts'
import type { Cause, RecipeChange, Suspicion } from './cause.ts'
import { gainOf } from './experiment.ts'
import type { Experiment, Finding } from './explanation.ts'
import { figure } from './figures.ts'

/** From so many dB on an experiment has brought something back. */
const worthwhile = 1

/** Carries a suspicion's experiments out, and puts into words what came of them. */
export async function tried(
  { id, title }: Cause,
  node: string | undefined,
  { evidence, figures, changes, advice, experiment }: Suspicion,
  attempt: (change: RecipeChange) => Promise<Experiment>,
): Promise<Finding> {
  const [first] = changes
  const results: Experiment[] = []
  if (experiment && first) {
    const { before, after } = await experiment()
    results.push({ change: first, before, after, gain: gainOf(before, after) })
  } else for (const change of changes) if ('quant.static' in change) results.push(await attempt(change))
  const [best] = results.sort((a, b) => b.gain - a.gain)
  const confirmed = best === undefined || best.gain >= worthwhile
  return {
    cause: id,
    title,
    nodes: node === undefined ? [] : [node],
    sentence: best ? `${evidence} ${outcome(best)}` : evidence,
    advice,
    figures,
    experiment: best,
    confirmed,
  }
}

const outcome = ({ before, after, gain }: Experiment): string => {
  const agreement =
    before.agreement === undefined || after.agreement === undefined
      ? ''
      : `, and the same top class from ${percent(before.agreement)} to ${percent(after.agreement)} of the samples`
  return gain >= worthwhile
    ? `Tried out, mending it takes the outputs from ${decibels(before)} to ${decibels(after)}${agreement}.`
    : `Tried out, though, mending it does not help: ${decibels(before)} became ${decibels(after)}.`
}

const percent = (share: number) => `${figure(100 * share)} %`
export const decibels = ({ sqnr }: OutputFidelity) => (sqnr === null ? 'exact' : `${sqnr.toFixed(1)} dB`)

/** What the samples are decides all else; then what brings most back. */
export const likelierFirst = (a: Finding, b: Finding): number =>
  Number(b.confirmed) - Number(a.confirmed) ||
  Number(a.nodes.length > 0) - Number(b.nodes.length > 0) ||
  (b.experiment?.gain ?? 0) - (a.experiment?.gain ?? 0)

/** One finding for all layers that the same change mends, in the words of the worst of them. */
export function merged(findings: readonly Finding[]): Finding[] {
  const groups = Map.groupBy(findings, ({ cause, experiment }) => `${cause} ${JSON.stringify(experiment?.change)}`)
  return [...groups.values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, nodes: [...first.nodes, ...others.flatMap(({ nodes }) => nodes)] }] : [],
  )
}
