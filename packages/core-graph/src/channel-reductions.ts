import { createBuilder, type GraphBuilder, type Value } from './builder.ts'
import { feedsOf } from './feeds.ts'
import type { Graph } from './graph.ts'
import { passes } from './passes/registry.ts'
import type { DataSource, Executor, SessionOptions } from './ports.ts'
import { shuffledOrder } from './shuffled-order.ts'
import { withOutputs } from './with-outputs.ts'

/** A value that is looked at channel by channel. */
export interface ChannelReduction {
  readonly value: string
  /** The axis of the channels. */
  readonly axis: number
  /** Makes one number for each channel, `[C]`, by reducing all other axes. */
  readonly reduce: (b: GraphBuilder, value: Value, otherAxes: Value) => Value
}

/** Samples that a model is run on. */
export interface ReductionSetup {
  readonly executor: Executor
  readonly source: DataSource
  readonly samples: number
  readonly batchSize: number
  readonly seed: number
  readonly signal?: AbortSignal | undefined
  readonly session?: SessionOptions
}

/**
 * Runs what makes some values on the first samples of a shuffle and gives, run by run, how many samples it had and the
 * numbers of each reduction `[C]`, in their order: little to keep, however large the values.
 * @throws what `feedsOf` and the executor throw; the signal's reason
 */
export async function* channelReductions(
  graph: Graph,
  reductions: readonly ChannelReduction[],
  { executor, source, samples, batchSize, seed, signal, session: options }: ReductionSetup,
): AsyncGenerator<{ readonly size: number; readonly numbers: readonly (readonly number[])[] }> {
  const b = createBuilder(graph)
  const outputs = reductions.map(({ value, axis, reduce }) => {
    const tensor = b.value(value)
    const others = (tensor.shape ?? []).map((_, other) => other).filter(other => other !== axis)
    return reduce(b, tensor, b.ints(...others)).name
  })
  const { graph: probed } = passes['remove-dead-code'].run(withOutputs(b.build(), outputs))
  await using session = await executor.open(probed, options)
  // Not `runBatch`: a row of the results is a channel, none of the samples that fill up a fixed batch.
  for await (const batch of source.batches({
    batchSize,
    limit: samples,
    ...shuffledOrder(source, seed),
    ...(signal && { signal }),
  }))
    for (const { tensors, size } of feedsOf(probed, batch)) {
      signal?.throwIfAborted()
      const results = await session.run(tensors, outputs)
      yield { size, numbers: outputs.map(name => Array.from(results[name]?.data ?? [], Number)) }
    }
}
