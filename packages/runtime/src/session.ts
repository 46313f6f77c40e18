import { RunError, type Session, type TensorData, type TensorMap } from '@pare/core-graph'
import type { InferenceSession, Tensor as RuntimeTensor, TensorConstructor } from 'onnxruntime-node'

/** What a session is of both runtimes: onnxruntime-node and onnxruntime-web. */
type RuntimeSession = Pick<InferenceSession, 'inputNames' | 'outputNames' | 'run' | 'release'>

/**
 * onnxruntime's session as the port's.
 * @param Tensor the class of tensors of the runtime that the session is of
 */
export function wrapSession(session: RuntimeSession, Tensor: TensorConstructor): Session {
  let released: Promise<void> | undefined
  const dispose = () => {
    released ??= session.release()
    return released
  }
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: async (feeds, fetches) => {
      try {
        const tensors = Object.fromEntries(
          Object.entries(feeds).map(([name, tensor]) => [name, toRuntime(tensor, Tensor)]),
        )
        const results = fetches ? await session.run(tensors, fetches) : await session.run(tensors)
        return fromRuntime(results, Tensor)
      } catch (cause) {
        throw new RunError({
          code: 'RUN_FAILED',
          message: `onnxruntime could not run the model: ${messageOf(cause)}`,
          hint: `The model's inputs are ${session.inputNames.join(', ')}, its outputs ${session.outputNames.join(', ')}: check names, and types and shapes of the data.`,
          cause,
        })
      }
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  }
}

function toRuntime({ dataType, data, dims }: TensorData, Tensor: TensorConstructor): RuntimeTensor {
  const tensor = new Tensor(dataType as 'float32', data as Float32Array, dims)
  // Where JavaScript has a Float16Array, the tensor holds one, which onnxruntime's native part (1.30) cannot read.
  return dataType === 'float16'
    ? Object.defineProperty(tensor, 'data', { value: new Uint16Array(data.buffer, data.byteOffset, data.length) })
    : tensor
}

const fromRuntime = (results: InferenceSession.OnnxValueMapType, Tensor: TensorConstructor): TensorMap =>
  Object.fromEntries(
    Object.entries(results).flatMap(([name, value]) => {
      if (!(value instanceof Tensor) || Array.isArray(value.data)) return []
      return [
        [
          name,
          { dataType: value.type as TensorData['dataType'], dims: value.dims, data: value.data as TensorData['data'] },
        ],
      ]
    }),
  )

const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))
