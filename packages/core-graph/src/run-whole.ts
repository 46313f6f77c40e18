import { runBatch } from './feeds.ts'
import type { Graph } from './graph.ts'
import type { Batch, Session, TensorData, TensorMap } from './ports.ts'
import { newTypedArray } from './tensor.ts'

/**
 * The outputs of a whole batch, whether the model takes it at once or in parts.
 * @param fetches names of the outputs to return; default all
 * @throws what `runBatch` throws
 */
export async function runWhole(
  session: Session,
  graph: Graph,
  batch: Batch,
  fetches?: readonly string[],
): Promise<TensorMap> {
  const parts: TensorMap[] = []
  for await (const { outputs } of runBatch(session, graph, batch, fetches)) parts.push(outputs)
  const [first = {}] = parts
  if (parts.length === 1) return first
  return Object.fromEntries(
    Object.entries(first).map(([name, tensor]) => [
      name,
      joined(
        tensor,
        parts.flatMap(part => part[name] ?? []),
      ),
    ]),
  )
}

function joined({ dataType, dims }: TensorData, parts: readonly TensorData[]): TensorData {
  const data = newTypedArray(
    dataType,
    parts.reduce((sum, part) => sum + part.data.length, 0),
  )
  let offset = 0
  for (const part of parts) {
    data.set(part.data as never, offset)
    offset += part.data.length
  }
  return { dataType, dims: [parts.reduce((sum, part) => sum + (part.dims[0] ?? 1), 0), ...dims.slice(1)], data }
}
