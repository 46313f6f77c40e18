import { type Executor, saveModel, type TensorData, type TensorMap } from '@pare/core-graph'
import { InferenceSession, Tensor } from 'onnxruntime-node'

/** Runs graphs as `createExecutor` does, and has onnxruntime write down what each run took: `<prefix>_<date>.json`. */
export function profilingExecutor(prefix: string, threads: number): Executor {
  return {
    open: async (graph, { plansMemory = true } = {}) => {
      const session = await InferenceSession.create(saveModel(graph).model, {
        intraOpNumThreads: threads,
        graphOptimizationLevel: 'all',
        enableMemPattern: plansMemory,
        logSeverityLevel: 3,
        enableProfiling: true,
        profileFilePrefix: prefix,
      })
      let released: Promise<void> | undefined
      const dispose = () => {
        if (!released) session.endProfiling()
        released ??= session.release()
        return released
      }
      return {
        inputNames: session.inputNames,
        outputNames: session.outputNames,
        run: async (feeds, fetches = session.outputNames) => {
          const given = Object.entries(feeds).map(([name, tensor]) => [name, toRuntime(tensor)])
          return fromRuntime(await session.run(Object.fromEntries(given), fetches))
        },
        dispose,
        [Symbol.asyncDispose]: dispose,
      }
    },
  }
}

const toRuntime = ({ dataType, data, dims }: TensorData) =>
  new Tensor(dataType as 'float32', data as Float32Array, dims)

const fromRuntime = (results: InferenceSession.OnnxValueMapType): TensorMap =>
  Object.fromEntries(
    Object.entries(results).flatMap(([name, value]) =>
      value instanceof Tensor
        ? [
            [
              name,
              { dataType: value.type as TensorData['dataType'], dims: value.dims, data: value.data as Float32Array },
            ],
          ]
        : [],
    ),
  )
