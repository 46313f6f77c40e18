import { isMarkedAsUntransferable } from 'node:worker_threads'
import { halfToNumber, numberToHalf, RunError, type TensorData, type TensorMap } from '@pare/core-graph'

/** The same tensors as the thread takes them, in memory of their own. */
export const ownTensors = (tensors: TensorMap): TensorMap =>
  mapTensors(tensors, tensor => {
    const sent = withBits(tensor)
    return sent === tensor ? copied(tensor) : sent
  })

/**
 * The same tensors as the thread takes them, without a copy. What is a part of a larger buffer, or may not leave this
 * thread (Node's pool of small buffers, shared memory), is copied here.
 * @throws RunError `RUN_FAILED` for a tensor that was moved already
 */
export const movable = (tensors: TensorMap): TensorMap =>
  mapTensors(tensors, (tensor, name) => {
    const { buffer, byteLength } = tensor.data
    if (buffer instanceof ArrayBuffer && buffer.detached) throw handedOver(name)
    const sent = withBits(tensor)
    const moves = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && !isMarkedAsUntransferable(buffer)
    return moves || sent !== tensor ? sent : copied(tensor)
  })

/** What came from the thread, half floats as numbers. */
export const received = (tensors: TensorMap): TensorMap =>
  mapTensors(tensors, tensor =>
    tensor.dataType === 'float16'
      ? { ...tensor, data: Float32Array.from(tensor.data as Uint16Array, halfToNumber) }
      : tensor,
  )

const withBits = (tensor: TensorData): TensorData =>
  tensor.dataType === 'float16' && !(tensor.data instanceof Uint16Array)
    ? { ...tensor, data: Uint16Array.from(tensor.data as Float32Array, numberToHalf) }
    : tensor

const copied = (tensor: TensorData): TensorData => ({ ...tensor, data: tensor.data.slice() })

const mapTensors = (tensors: TensorMap, change: (tensor: TensorData, name: string) => TensorData): TensorMap =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor, name)]))

const handedOver = (name: string) =>
  new RunError({
    code: 'RUN_FAILED',
    message: `The memory of ${name} was given away by an earlier run.`,
    hint: 'Feed a tensor of its own to each run: a copy, where the same is needed again.',
  })
