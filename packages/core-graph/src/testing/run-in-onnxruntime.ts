import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node'
import type { DataType } from '../data-type.ts'
import type { Graph } from '../graph.ts'
import type { TensorData, TensorMap } from '../ports.ts'
import { saveModel } from '../save.ts'

/** Runs a graph once in onnxruntime, the independent reference: every output, nothing rewritten by the runtime. */
export async function runInOnnxruntime(graph: Graph, feeds: TensorMap = {}): Promise<TensorMap> {
  const session = await InferenceSession.create(saveModel(graph).model, {
    graphOptimizationLevel: 'disabled',
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  })
  try {
    const results = await session.run(
      Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, toRuntime(feed)])),
    )
    return Object.fromEntries(Object.entries(results).map(([name, result]) => [name, fromRuntime(result)]))
  } finally {
    await session.release()
  }
}

const toRuntime = ({ dataType, dims, data }: TensorData): RuntimeTensor =>
  new RuntimeTensor(dataType as RuntimeTensor.Type, data as never, dims)

const fromRuntime = ({ type, dims, data }: InferenceSession.OnnxValueMapType[string]): TensorData => ({
  dataType: type as DataType,
  dims,
  data: data as TensorData['data'],
})
