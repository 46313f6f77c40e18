import { createRandom, type Graph, type TensorData, type TensorMap, withOutputs } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'

/** Random numbers from −½ to ½. */
export function randomTensor(seed: number, ...dims: number[]): TensorData {
  const random = createRandom(seed)
  const length = dims.reduce((product, size) => product * size, 1)
  return { dataType: 'float32', dims, data: Float32Array.from({ length }, () => random() - 0.5) }
}

/** What onnxruntime computes: the outputs, or the values named. */
export async function runGraph(graph: Graph, feeds: TensorMap, names?: readonly string[]): Promise<TensorMap> {
  await using session = await createExecutor({ threads: 1 }).open(names ? withOutputs(graph, names) : graph)
  return await session.run(feeds)
}

export const numbersOf = (tensor: TensorData | undefined): readonly number[] => Array.from(tensor?.data ?? [], Number)
