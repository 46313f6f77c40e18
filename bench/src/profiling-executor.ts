import {
  type SessionOptions,
  type StatefulExecutor,
  saveModel,
  type TensorData,
  type TensorMap,
} from '@pare/core-graph'
import { InferenceSession, Tensor } from 'onnxruntime-node'

/**
 * Runs graphs as `createExecutor` does, but all in this thread, and has onnxruntime write down what each run took:
 * `<prefix>-<name of the graph>_<date>.json`, when a session is disposed of.
 */
export function profilingExecutor(prefix: string, threads: number): StatefulExecutor {
  const create = (name: string, bytes: Uint8Array, { plansMemory = true }: SessionOptions = {}) =>
    InferenceSession.create(bytes, {
      intraOpNumThreads: threads,
      graphOptimizationLevel: 'all',
      enableMemPattern: plansMemory,
      logSeverityLevel: 3,
      enableProfiling: true,
      profileFilePrefix: `${prefix}-${name}`,
    })
  return {
    open: async (graph, options) => {
      const session = await create(graph.name, saveModel(graph).model, options)
      const dispose = once(() => close(session))
      return {
        inputNames: session.inputNames,
        outputNames: session.outputNames,
        run: async (feeds, fetches = session.outputNames) =>
          fromRuntime(await session.run(mapValues(feeds, toRuntime), fetches)),
        dispose,
        [Symbol.asyncDispose]: dispose,
      }
    },
    openStateful: async (graphs, initial, options) => {
      const sessions: Record<string, InferenceSession> = {}
      for (const [name, graph] of Object.entries<Parameters<typeof saveModel>[0]>(graphs))
        sessions[name] = await create(name, saveModel(graph).model, options)
      const state = new Map([...initial].map(([name, tensor]) => [name, toRuntime(tensor.initial)]))
      const kept = new Map([...initial].map(([name, { next }]) => [next, name]))
      return {
        run: async (graph, feeds) => {
          const session = sessions[graph]
          if (!session) throw new Error(`There is no graph ${graph}.`)
          const read = session.inputNames.flatMap(name => {
            const tensor = state.get(name)
            return tensor ? [[name, tensor] as const] : []
          })
          const results = await session.run({ ...mapValues(feeds, toRuntime), ...Object.fromEntries(read) })
          const others: Record<string, InferenceSession.OnnxValueMapType[string]> = {}
          for (const [output, value] of Object.entries(results)) {
            const name = kept.get(output)
            if (name !== undefined && value instanceof Tensor) state.set(name, value)
            else others[output] = value
          }
          return fromRuntime(others)
        },
        readState: async (names = [...state.keys()]) =>
          fromRuntime(Object.fromEntries([...state].filter(([name]) => names.includes(name)))),
        writeState: async tensors => {
          for (const [name, tensor] of Object.entries(tensors)) state.set(name, toRuntime(tensor))
        },
        [Symbol.asyncDispose]: async () => {
          for (const session of Object.values(sessions)) await close(session)
        },
      }
    },
  }
}

async function close(session: InferenceSession): Promise<void> {
  session.endProfiling()
  await session.release()
}

function once(work: () => Promise<void>): () => Promise<void> {
  let begun: Promise<void> | undefined
  return () => {
    begun ??= work()
    return begun
  }
}

const mapValues = <From, To>(values: Readonly<Record<string, From>>, change: (value: From) => To) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]))

const toRuntime = ({ dataType, data, dims }: TensorData): Tensor =>
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
