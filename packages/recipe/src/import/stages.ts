import type { RecipeInput } from '../schema.ts'
import type { Translated } from './translate.ts'

type StageInput = RecipeInput['stages'][number]
type Uses = NonNullable<StageInput['use']>

/** Of the strategies of one stage: what is rounded is what is left. */
const order = ['prune', 'distil', 'qat']

/**
 * Epochs on one line, strategies with a beginning and an end on it, as stages one after another. A new one begins where
 * something is pruned and where training with rounding begins or ends; a distillation that is shorter than its stage
 * says its epochs itself.
 */
export function stagesOf(
  strategies: readonly Translated[],
  epoch: number,
  note: (message: string) => void,
): readonly (StageInput & { readonly train: object })[] {
  const training = strategies.find(({ kind }) => kind === 'qat')
  const placed = strategies.map(strategy => {
    if (strategy.kind !== 'prune' || !training || !isWithin(strategy.start, training)) return strategy
    note('Pruning while training with rounding is done before it: what is trained is the pruned model.')
    return { ...strategy, start: training.start }
  })
  const total = Math.max(epoch, ...placed.map(({ start, end }) => end ?? start + 1))
  if (total > epoch)
    note(`compressor: epoch ${epoch} ends before the last strategy does: the stages take ${total} epochs in all.`)
  const cuts = placed.flatMap(({ kind, start, end }) => (kind === 'distil' ? [] : [start, end ?? start]))
  const places = [...new Set([0, ...cuts, total])].sort((a, b) => a - b)
  const names = new Map<string, number>()
  return places.slice(0, -1).map((from, index) => {
    const to = places[index + 1] ?? total
    const active = placed
      .filter(strategy => (strategy.kind === 'prune' ? strategy.start === from : overlaps(strategy, from, to)))
      .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
    const rounds = Math.max(1, ...active.map(strategy => strategy.rounds))
    if (rounds > 1)
      note(
        'num_steps: the original prunes again when the metric has come to rest; here the epochs are shared evenly by the rounds.',
      )
    return {
      name: numbered([...new Set(active.map(({ kind }) => kind))].join('-') || 'train', names),
      use: active.flatMap(strategy => usesOf(strategy, from, to)),
      train: { epochs: Math.ceil((to - from) / rounds) },
      ...(rounds > 1 && { rounds }),
    }
  })
}

const isWithin = (epoch: number, { start, end = start }: Translated) => epoch > start && epoch < end
const overlaps = ({ start, end = start }: Translated, from: number, to: number) => start < to && end > from

function usesOf({ kind, start, end = start, use }: Translated, from: number, to: number): Uses {
  if (kind !== 'distil' || (start <= from && end >= to)) return [...use]
  const epochs = {
    ...(start > from && { from: start - from + 1 }),
    ...(end < to && { to: end - from }),
  }
  return use.map(entry =>
    Object.fromEntries(Object.entries(entry).map(([id, options]) => [id, { ...options, epochs }])),
  )
}

function numbered(name: string, names: Map<string, number>): string {
  const count = (names.get(name) ?? 0) + 1
  names.set(name, count)
  return count === 1 ? name : `${name}-${count}`
}
