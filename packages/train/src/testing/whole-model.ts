import {
  createBuilder,
  dataTypeCode,
  type Graph,
  type Node,
  type Tensor,
  tensorNumbers,
  tensorOf,
} from '@pare/core-graph'
import { gradients } from '../autodiff.ts'
import { trainingForm } from '../batch-norm-training.ts'
import { expressions } from '../expression.ts'
import { addObjective } from '../objective.ts'
import { interpret } from './interpret.ts'
import type { Nd } from './nd.ts'

/** A model with its loss and its gradients in one graph of float64, made as a training step is. */
export interface WholeModel {
  readonly graph: Graph
  readonly loss: string
  /** Name of each parameter's gradient. */
  readonly gradients: ReadonlyMap<string, string>
  /** The parameters, inputs of the graph. */
  readonly parameters: ReadonlyMap<string, Tensor>
}

/**
 * The gradients of cross-entropy with targets, in plain ONNX.
 * @param model ready for training, its batch size fixed
 */
export function wholeModel(model: Graph, names: readonly string[]): WholeModel {
  const { graph: training } = trainingForm(inFloat64(model))
  const b = createBuilder({ ...training, outputs: [] })
  const { loss } = addObjective(expressions(b), model, [{ loss: 'cross-entropy' }])
  b.output(loss)
  const parameters = new Map(
    names.flatMap(name => {
      const tensor = training.initializers.get(name)
      return tensor ? [[name, tensor]] : []
    }),
  )
  const differentiated = gradients(asInputs(b.build(), parameters), loss.name, names)
  return { ...differentiated, loss: loss.name, parameters }
}

function asInputs(graph: Graph, parameters: ReadonlyMap<string, Tensor>): Graph {
  const isOther = ([name]: readonly [string, Tensor]) => !parameters.has(name)
  const inputs = [...parameters].map(([name, { dataType, dims }]) => ({ name, type: { dataType, shape: dims } }))
  return {
    ...graph,
    initializers: new Map([...graph.initializers].filter(isOther)),
    inputs: [...graph.inputs, ...inputs],
  }
}

/** The same graph in float64, so that what is made of it has its constants in float64 too. */
function inFloat64(graph: Graph): Graph {
  const wide = <Typed extends { readonly name: string; readonly type?: Graph['inputs'][number]['type'] }>(
    value: Typed,
  ) =>
    value.type?.dataType === 'float32' ? { ...value, type: { ...value.type, dataType: 'float64' as const } } : value
  const wideTensor = (tensor: Tensor) =>
    tensor.dataType === 'float32' ? tensorOf('float64', tensor.dims, Float64Array.from(tensorNumbers(tensor))) : tensor
  const wideNode = (node: Node): Node => {
    const { to } = node.attributes
    const isNarrow = node.op === 'Cast' && to?.kind === 'int' && to.value === dataTypeCode('float32')
    return isNarrow ? { ...node, attributes: { to: { kind: 'int', value: dataTypeCode('float64') } } } : node
  }
  return {
    ...graph,
    inputs: graph.inputs.map(wide),
    outputs: graph.outputs.map(wide),
    nodes: graph.nodes.map(wideNode),
    initializers: new Map([...graph.initializers].map(([name, tensor]) => [name, wideTensor(tensor)])),
    valueInfo: new Map(),
  }
}

/** Every value of the graph in float64, branches chosen as `seen` says. */
export const computed = (
  { graph, parameters }: WholeModel,
  feeds: Readonly<Record<string, Nd>>,
  seen?: ReadonlyMap<string, Nd>,
) =>
  interpret(
    graph,
    {
      ...feeds,
      ...Object.fromEntries(
        [...parameters].map(([name, tensor]) => [
          name,
          { dims: tensor.dims, data: Float64Array.from(tensorNumbers(tensor)) },
        ]),
      ),
    },
    seen,
  )

export const gradientsIn = ({ gradients }: WholeModel, values: ReadonlyMap<string, Nd>): ReadonlyMap<string, Nd> =>
  new Map(
    [...gradients].flatMap(([name, of]) => {
      const gradient = values.get(of)
      return gradient ? [[name, gradient]] : []
    }),
  )
