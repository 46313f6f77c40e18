// The thread of a stateful session: holds onnxruntime's sessions and the state, and answers one request after another.
// Inputs are read where they lie. onnxruntime-node (1.30) copies every output once into memory of JavaScript, also one
// that it was given memory for, so the old tensor's memory is given back at once: the next copy goes into pages that are
// at hand.

import { parentPort } from 'node:worker_threads'
import type { TensorData, TensorMap, TypedArray } from '@pare/core-graph'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { giveBack } from '../give-back.ts'
import { type Answer, buffersOf, type Problem, type Request } from './protocol.ts'

if (!parentPort) throw new Error('stateful-worker runs in a worker thread only')
const port = parentPort

const sessions = new Map<string, InferenceSession>()
const state = new Map<string, Tensor>()
/** The state that an output is the next value of. */
const becomes = new Map<string, string>()

/** The output that keeps the state as it was where it is not finite. */
let guard: string | undefined

/** What goes wrong for a reason that the user may know. */
class Failure extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.message)
    this.problem = problem
  }
}

type Of<Kind extends Request['kind']> = Extract<Request, { kind: Kind }>

async function open({ graphs, state: tensors, finite, options }: Of<'open'>): Promise<TensorMap> {
  for (const { name, title, source } of graphs)
    try {
      const creating =
        typeof source === 'string'
          ? InferenceSession.create(source, options)
          : InferenceSession.create(source, options).finally(() => giveBack(source))
      sessions.set(name, await creating)
    } catch (error) {
      throw new Failure({ kind: 'not taken', title, message: messageOf(error) })
    }
  for (const [name, { initial, next }] of tensors) {
    state.set(name, toRuntime(initial))
    if (next !== undefined) becomes.set(next, name)
  }
  guard = finite
  return {}
}

async function run({ graph, feeds }: Of<'run'>): Promise<TensorMap> {
  const session = sessions.get(graph)
  if (!session) throw new Error(`There is no graph ${graph}.`)
  const { inputNames, outputNames, outputMetadata } = session
  try {
    const given: Record<string, Tensor> = {}
    for (const name of inputNames) {
      const tensor = state.get(name) ?? (feeds[name] && toRuntime(feeds[name]))
      if (tensor) given[name] = tensor
    }
    // onnxruntime's JavaScript fails on sequences and maps.
    const fetches = outputMetadata.filter(({ isTensor }) => isTensor).map(({ name }) => name)
    const outputs: Record<string, TensorData> = {}
    const values = await session.run(given, fetches)
    const takesOver = guard === undefined || allFinite(values[guard])
    for (const [output, value] of Object.entries(values)) {
      if (Array.isArray(value.data)) continue
      const name = becomes.get(output)
      if (name === undefined) outputs[output] = fromRuntime(value)
      else if (takesOver) replace(name, toRuntime(fromRuntime(value)))
    }
    return outputs
  } catch (error) {
    throw new Failure({ kind: 'run failed', inputNames, outputNames, message: messageOf(error) })
  } finally {
    for (const { data } of Object.values(feeds)) giveBack(data)
  }
}

async function read({ names = [...state.keys()] }: Of<'read'>): Promise<TensorMap> {
  const copyOf = (tensor: TensorData) => ({ ...tensor, data: tensor.data.slice() })
  return Object.fromEntries(names.map(name => [name, copyOf(fromRuntime(held(name)))]))
}

async function write({ tensors }: Of<'write'>): Promise<TensorMap> {
  for (const [name, { dataType, dims }] of Object.entries(tensors)) {
    const own = held(name)
    if (dataType === own.type && `${dims}` === `${own.dims}`) continue
    const message = `The state ${name} is ${own.type} [${own.dims}], not ${dataType} [${dims}].`
    throw new Failure({ kind: 'no such state', message })
  }
  for (const [name, tensor] of Object.entries(tensors)) replace(name, toRuntime(tensor))
  return {}
}

async function close(): Promise<TensorMap> {
  for (const session of sessions.values()) await session.release()
  return {}
}

const answers = { open, run, read, write, close }

function held(name: string): Tensor {
  const tensor = state.get(name)
  if (tensor) return tensor
  throw new Failure({ kind: 'no such state', message: `There is no state ${name}.` })
}

function replace(name: string, tensor: Tensor): void {
  const before = state.get(name)
  state.set(name, tensor)
  if (before) giveBack(fromRuntime(before).data)
}

// Half floats are bits: where JavaScript has a Float16Array, onnxruntime's native part (1.30) gives one, but reads none.
function toRuntime({ dataType, dims, data }: TensorData): Tensor {
  const tensor = new Tensor(dataType as 'float32', data as Float32Array, dims)
  return dataType === 'float16' ? Object.defineProperty(tensor, 'data', { value: data }) : tensor
}

function fromRuntime({ type, dims, data }: Tensor): TensorData {
  const array = data as TypedArray
  const bits = type === 'float16' ? new Uint16Array(array.buffer, array.byteOffset, array.length) : array
  return { dataType: type as TensorData['dataType'], dims, data: bits }
}

const allFinite = (tensor: Tensor | undefined) => !tensor || Array.from(tensor.data, Number).every(Number.isFinite)

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

async function answer(request: Request): Promise<void> {
  let sent: Answer
  try {
    sent = { tensors: await answers[request.kind](request as never) }
  } catch (error) {
    // Any other error is a bug, and ends the thread.
    if (!(error instanceof Failure)) throw error
    sent = { problem: error.problem }
  }
  port.postMessage(sent, 'tensors' in sent ? buffersOf(sent.tensors) : [])
}

let last = Promise.resolve()
port.on('message', (request: Request) => {
  last = last.then(() => answer(request))
})
