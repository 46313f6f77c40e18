import { createHash } from 'node:crypto'
import { type DataSource, type Graph, type Node, tensorBytes } from '@pare/core-graph'
import { withoutEffect } from './loop-options.ts'
import type { PreparedTraining } from './prepare-training.ts'

/**
 * Tells a training from all others: a checkpoint of one is of no use for another. Of the data it knows the number of
 * samples and the first ones, as they are before they are shuffled and changed at random.
 */
export async function identityOf(
  { options, graph, joined }: PreparedTraining,
  { source, seed }: { readonly source: DataSource; readonly seed: number },
): Promise<string> {
  const effective = Object.fromEntries(
    Object.entries(options).filter(([name]) => !withoutEffect.some(option => option === name)),
  )
  const parts = {
    terms: joined.terms.map(({ loss, ...own }) => ({ ...own, loss: typeof loss === 'object' ? loss.id : loss })),
    trainable: joined.trainable,
    frozen: joined.frozen,
    state: [...joined.state],
  }
  const data = { samples: source.size, first: await digestOfData(source, options.batchSize) }
  return JSON.stringify({ options: effective, seed, parts, data, model: digestOfModel(graph) })
}

/** Of the nodes and the weights. */
function digestOfModel({ nodes, initializers }: Graph): string {
  const hash = createHash('sha256')
  for (const { op, domain, inputs, outputs, attributes } of nodes)
    hash.update(`${JSON.stringify([op, domain, inputs, outputs, simpleOnes(attributes)])}\n`)
  for (const [name, tensor] of initializers)
    hash.update(`${name} ${tensor.dataType} ${tensor.dims}\n`).update(tensorBytes(tensor))
  return hash.digest('hex')
}

/** Numbers and texts by name, alike before a model is written and after it was read: `float` has 32 bits in a file. */
const simpleOnes = (attributes: Node['attributes']) =>
  Object.entries(attributes)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, attribute]) => {
      if (attribute.kind === 'float') return [[name, Math.fround(attribute.value)]]
      if (attribute.kind === 'floats') return [[name, ...attribute.value.map(Math.fround)]]
      return ['int', 'ints', 'string', 'strings'].includes(attribute.kind) && 'value' in attribute
        ? [[name, attribute.value]]
        : []
    })

async function digestOfData(source: DataSource, batchSize: number): Promise<string> {
  const hash = createHash('sha256')
  for await (const { inputs, labels } of source.batches({ batchSize, limit: batchSize })) {
    for (const [name, { dataType, dims, data }] of Object.entries(inputs))
      hash.update(`${name} ${dataType} ${dims}\n`).update(data)
    hash.update(`${labels}\n`)
  }
  return hash.digest('hex')
}
