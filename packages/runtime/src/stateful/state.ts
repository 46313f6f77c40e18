import { type InitialState, RunError, type TensorMap } from '@pare/core-graph'
import { type InferenceSession, Tensor } from 'onnxruntime-node'
import { giveBack } from '../create-session.ts'
import { fromRuntime, runFailure, toRuntime } from '../session.ts'
import { ownTensors } from './protocol.ts'

/** The tensors that runs of graphs read and put out anew. */
export interface State {
  readonly run: (session: InferenceSession, feeds: TensorMap) => Promise<TensorMap>
  readonly read: (names?: readonly string[]) => TensorMap
  readonly write: (tensors: TensorMap) => void
}

/**
 * Holds a state as onnxruntime's tensors. Inputs are read where they lie; onnxruntime-node (1.30) copies every output
 * once into memory of JavaScript, also one that it was given memory for, so the old tensor's memory is given back at
 * once: the next copy goes into pages that are at hand.
 */
export function createState(initial: ReadonlyMap<string, InitialState>): State {
  const tensors = new Map([...initial].map(([name, tensor]) => [name, toRuntime(tensor.initial, Tensor)]))
  const nextOf = new Map(
    [...initial].flatMap(([name, { next }]) => (next === undefined ? [] : [[next, name] as const])),
  )
  return {
    run: async (session, feeds) => {
      try {
        const given: Record<string, Tensor> = {}
        for (const name of session.inputNames) {
          const tensor = tensors.get(name) ?? (feeds[name] && toRuntime(feeds[name], Tensor))
          if (tensor) given[name] = tensor
        }
        const outputs: Record<string, Tensor> = {}
        for (const [output, value] of Object.entries(await session.run(given))) {
          const name = nextOf.get(output)
          if (name === undefined) outputs[output] = value
          else {
            const old = tensors.get(name)
            tensors.set(name, feedable(value))
            if (old) giveBack(old.data as Float32Array)
          }
        }
        return fromRuntime(outputs, Tensor)
      } catch (cause) {
        throw runFailure(session, cause)
      }
    },
    read: (names = [...tensors.keys()]) =>
      ownTensors(fromRuntime(Object.fromEntries(names.map(name => [name, tensorOf(name)])), Tensor)),
    write: given => {
      for (const [name, { dataType, dims }] of Object.entries(given)) {
        const { type, dims: held } = tensorOf(name)
        if (dataType !== type || `${dims}` !== `${held}`)
          throw stateError(`The state ${name} is ${type} [${held}], not ${dataType} [${dims}].`)
      }
      for (const [name, tensor] of Object.entries(given)) tensors.set(name, toRuntime(tensor, Tensor))
    },
  }

  function tensorOf(name: string): Tensor {
    const tensor = tensors.get(name)
    if (tensor) return tensor
    throw stateError(`There is no state ${name}.`)
  }
}

/** An output as an input: half floats as raw bits, see `toRuntime`. */
const feedable = (output: Tensor): Tensor =>
  output.type === 'float16'
    ? toRuntime({ dataType: 'float16', dims: output.dims, data: new Uint16Array(bufferOf(output)) }, Tensor)
    : output

const bufferOf = ({ data }: Tensor) => (data as Float32Array<ArrayBuffer>).buffer

const stateError = (message: string) =>
  new RunError({ code: 'RUN_STATE', message, hint: 'Names, types and shapes of a state stay as they were at first.' })
