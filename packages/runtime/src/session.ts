import { halfToNumber, numberToHalf, RunError, type Session, type TensorData, type TensorMap } from '@pare/core-graph'
import type { InferenceSession, Tensor as RuntimeTensor, TensorConstructor } from 'onnxruntime-node'

/** What a session is of both runtimes: onnxruntime-node and onnxruntime-web. */
type RuntimeSession = Pick<InferenceSession, 'inputNames' | 'outputNames' | 'outputMetadata' | 'run' | 'release'>

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
  // onnxruntime's JavaScript fails on sequences and maps.
  const tensors = session.outputMetadata.filter(({ isTensor }) => isTensor).map(({ name }) => name)
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: async (feeds, fetches) => {
      try {
        const given = Object.fromEntries(
          Object.entries(feeds).map(([name, tensor]) => [name, toRuntime(tensor, Tensor)]),
        )
        const results = await session.run(given, fetches ?? tensors)
        return fromRuntime(results, Tensor)
      } catch (cause) {
        throw runFailure(session, cause)
      }
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  }
}

/** The error of a run. */
export function runFailure(
  { inputNames, outputNames }: Pick<RuntimeSession, 'inputNames' | 'outputNames'>,
  cause: unknown,
): RunError {
  const message = messageOf(cause)
  const isOutOfMemory = /failed to allocate memory|bad_alloc/i.test(message)
  return new RunError({
    code: 'RUN_FAILED',
    message: `onnxruntime could not run the model: ${message}`,
    hint: isOutOfMemory
      ? 'Memory ran out: use smaller batches or inputs.'
      : `The model's inputs are ${inputNames.join(', ')}, its outputs ${outputNames.join(', ')}: check names, and types and shapes of the data.`,
    cause,
  })
}

function toRuntime({ dataType, data, dims }: TensorData, Tensor: TensorConstructor): RuntimeTensor {
  if (dataType !== 'float16') return new Tensor(dataType as 'float32', data as Float32Array, dims)
  const bits = data instanceof Uint16Array ? data : Uint16Array.from(data as Float32Array, numberToHalf)
  // Where JavaScript has a Float16Array, the tensor holds one, which onnxruntime's native part (1.30) cannot read.
  return Object.defineProperty(new Tensor('float16', bits, dims), 'data', { value: bits })
}

const fromRuntime = (results: InferenceSession.OnnxValueMapType, Tensor: TensorConstructor): TensorMap =>
  Object.fromEntries(
    Object.entries(results).flatMap(([name, value]) => {
      if (!(value instanceof Tensor) || Array.isArray(value.data)) return []
      const dataType = value.type as TensorData['dataType']
      return [[name, { dataType, dims: value.dims, data: numbersOf(value) as TensorData['data'] }]]
    }),
  )

/** Half floats come as a Float16Array where JavaScript has one, else as their bits. */
const numbersOf = ({ type, data }: RuntimeTensor) => {
  if (type !== 'float16') return data
  const halves = data as ArrayLike<number>
  return data instanceof Uint16Array ? Float32Array.from(halves, halfToNumber) : Float32Array.from(halves)
}

const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))
