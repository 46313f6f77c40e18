import { type DataSource, type Graph, type Node, type TrainingPart, tensorBytes } from '@pare/core-graph'
import { type Digested, digestOf } from './digest.ts'
import { fed } from './joined-parts.ts'
import { withoutEffect } from './loop-options.ts'
import type { PreparedTraining } from './prepare-training.ts'

/**
 * Tells a training from all others: a checkpoint of one is of no use for another. Of the data it knows the number of
 * samples and the first ones, as they are before they are shuffled and changed at random, with what parts feed beside
 * them, such as what a teacher made of them.
 */
export async function identityOf(
  { options, graph, joined }: PreparedTraining,
  {
    source,
    seed,
    parts: joining = [],
  }: { readonly source: DataSource; readonly seed: number; readonly parts?: readonly TrainingPart[] },
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
  const data = { samples: source.size, first: await digestOf(piecesOfData(source, joining, options.batchSize)) }
  const model = await digestOf(piecesOfModel(graph))
  return JSON.stringify({ options: effective, seed, parts, data, model })
}

/** The nodes and the weights. */
function* piecesOfModel({ nodes, initializers }: Graph): Generator<Digested> {
  for (const { op, domain, inputs, outputs, attributes } of nodes)
    yield JSON.stringify([op, domain, inputs, outputs, simpleOnes(attributes)])
  for (const [name, tensor] of initializers) {
    yield `${name} ${tensor.dataType} ${tensor.dims}`
    yield tensorBytes(tensor)
  }
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

async function* piecesOfData(
  source: DataSource,
  parts: readonly TrainingPart[],
  batchSize: number,
): AsyncGenerator<Digested> {
  for await (const { inputs, labels } of fed(source.batches({ batchSize, limit: batchSize }), parts)) {
    for (const [name, { dataType, dims, data }] of Object.entries(inputs)) {
      yield `${name} ${dataType} ${dims}`
      yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    }
    yield `${labels}`
  }
}
