import {
  type Batch,
  byteLength,
  type DataSource,
  type Executor,
  elementCount,
  type Graph,
  isKnown,
  runWhole,
  type TensorMap,
  tensorFor,
} from '@pare/core-graph'
import { partBetween, suffixFrom } from './split-graph.ts'

/** What values are kept with. */
export interface BoundarySetup {
  readonly executor: Executor
  readonly source: DataSource
  readonly samples: number
  readonly batchSize: number
  /** How many bytes the values of all samples may take. */
  readonly memory: number
  readonly signal: AbortSignal
}

/**
 * A place in a graph up to which every sample has been run: the values there are kept, so that what comes behind runs
 * again and again without what is before.
 */
export interface Boundary {
  /** Place of the first node that has not run; 0 before the model's inputs. */
  readonly place: number
  /** The kept values of all samples, by their names; at place 0 what the data gives. */
  readonly source: DataSource
  /**
   * Runs the samples on to a later place. False where the values there would take more memory than they may, or are not
   * one for each sample: then the boundary stays where it is.
   */
  advance(place: number): Promise<boolean>
}

interface KeptBatch extends Omit<Batch, 'inputs'> {
  inputs: TensorMap
}

/** @param output the output that is of interest: what it is not made of is left out */
export function createBoundary(graph: Graph, output: string, setup: BoundarySetup): Boundary {
  const { executor, source, samples, batchSize, memory, signal } = setup
  let place = 0
  let kept: KeptBatch[] | undefined
  const batches = (): AsyncIterable<Batch> | Iterable<KeptBatch> =>
    kept ?? source.batches({ batchSize, limit: samples, signal })

  const advance = async (wanted: number): Promise<boolean> => {
    if (wanted <= place) return true
    const values = suffixFrom(graph, wanted, [output]).inputs
    const rowBytes = values.map(({ type }) => bytesOfRow(graph, type))
    const count = Math.min(samples, source.size ?? samples)
    if (rowBytes.some(bytes => bytes === undefined)) return false
    if (count * rowBytes.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0) > memory) return false
    const names = values.map(({ name }) => name)
    const next: KeptBatch[] = []
    const given = new Set(
      place === 0
        ? graph.inputs.map(({ name }) => name)
        : suffixFrom(graph, place, [output]).inputs.map(({ name }) => name),
    )
    const made = names.filter(name => !given.has(name))
    const between = partBetween(graph, place, wanted, made)
    await using session = made.length > 0 ? await executor.open(between) : undefined
    for await (const batch of batches()) {
      signal.throwIfAborted()
      const outputs = session ? await runWhole(session, between, batch) : {}
      const carried = names.flatMap(name => {
        const tensor = outputs[name] ?? tensorFor(name, graph, batch)
        return tensor ? [[name, tensor] as const] : []
      })
      next.push({ labels: batch.labels, size: batch.size, inputs: Object.fromEntries(carried) })
    }
    kept = next
    place = wanted
    return true
  }

  return {
    get place() {
      return place
    },
    get source() {
      return kept ? keptSource(kept, source.labelled) : source
    },
    advance,
  }
}

/** Batches in memory, in their order and of their sizes. Each pass gives copies: a batch is its receiver's own. */
function keptSource(kept: readonly KeptBatch[], labelled: boolean): DataSource {
  return {
    size: kept.reduce((sum, { size }) => sum + size, 0),
    labelled,
    batches: async function* () {
      for (const { inputs, ...rest } of kept) yield { ...rest, inputs: copied(inputs) }
    },
  }
}

const copied = (tensors: TensorMap): TensorMap =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }]))

/** A source whose batches have further tensors, batch by batch. */
export const withTensors = (source: DataSource, graph: Graph, more: readonly TensorMap[]): DataSource => ({
  ...source,
  batches: async function* (options) {
    let index = 0
    for await (const batch of source.batches(options)) {
      // An only tensor goes to an only input whatever they are called: named, since it is the only one no more.
      const named = graph.inputs.flatMap(({ name }) => {
        const tensor = tensorFor(name, graph, batch)
        return tensor ? [[name, tensor] as const] : []
      })
      yield { ...batch, inputs: { ...batch.inputs, ...Object.fromEntries(named), ...copied(more[index++] ?? {}) } }
    }
  },
})

/** What a value takes for one sample; undefined where it does not lie by samples, or its size is not known. */
function bytesOfRow(graph: Graph, type: Graph['inputs'][number]['type']): number | undefined {
  const batch = graph.inputs[0]?.type?.shape?.[0]
  const [first, ...rest] = type?.shape ?? []
  if (!type || first === undefined || first === null || first !== batch || !isKnown(rest)) return undefined
  return byteLength(type.dataType, elementCount(rest))
}
