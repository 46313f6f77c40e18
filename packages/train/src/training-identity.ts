import { createHash } from 'node:crypto'
import { type DataSource, type Graph, type TrainingPart, tensorBytes } from '@pare/core-graph'
import { withoutEffect } from './loop-options.ts'
import type { PreparedTraining } from './prepare-training.ts'

/** Tells a training from all others: a checkpoint of one is of no use for another. */
export function identityOf(
  { options, graph }: PreparedTraining,
  {
    source,
    seed,
    parts = [],
  }: { readonly source: DataSource; readonly seed: number; readonly parts?: readonly TrainingPart[] },
): string {
  const effective = Object.fromEntries(
    Object.entries(options).filter(([name]) => !withoutEffect.some(option => option === name)),
  )
  const joined = parts.map(({ terms = [], trainable, frozen, state = [] }) => ({
    terms: terms.map(({ loss, ...own }) => ({
      ...own,
      loss: typeof loss === 'object' && 'id' in loss ? loss.id : loss,
    })),
    trainable,
    frozen,
    state: [...state],
  }))
  return JSON.stringify({ options: effective, seed, parts: joined, samples: source.size, weights: digestOf(graph) })
}

/** Of names, shapes and weights. */
function digestOf({ initializers }: Graph): string {
  const hash = createHash('sha256')
  for (const [name, tensor] of initializers) hash.update(`${name} ${tensor.dims}\n`).update(tensorBytes(tensor))
  return hash.digest('hex')
}
