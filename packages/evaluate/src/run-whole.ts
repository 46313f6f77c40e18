import {
  type Batch,
  type Graph,
  newTypedArray,
  runBatch,
  type Session,
  type TensorData,
  type TensorMap,
} from '@pare/core-graph'

/** The outputs of a whole batch, whether the model takes it at once or in parts. */
export async function runWhole(
  session: Session,
  graph: Graph,
  batch: Batch,
  fetches: readonly string[],
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
