import {
  createRandom,
  type Graph,
  ModelError,
  type Node,
  randomNormal,
  type Shape,
  type Tensor,
  tensorOf,
  upgradeOpset,
  usersOf,
} from '@pare/core-graph'

/** What may stand between the last layer and the output: it changes no class into another. */
const passing = new Set([
  'Softmax',
  'LogSoftmax',
  'Identity',
  'Dropout',
  'Flatten',
  'Squeeze',
  'Relu',
  'GlobalAveragePool',
])

/** Tells these weights from all others that are drawn from a seed. */
const headStream = 0x4ead

/**
 * A classifier for other classes: its last layer with weights (Gemm, MatMul, 1×1 Conv, with an Add behind it or without)
 * is replaced by one of so many outputs, drawn from a normal distribution of variance 1 / fan-in (LeCun et al. 1998,
 * "Efficient BackProp", 4.6), biases zero. All else stays as it is learned.
 *
 * @throws ModelError `MODEL_HEAD` for a model whose last layer is none of these, or is read elsewhere too
 */
export function withClasses(
  model: Graph,
  { classes, seed }: { readonly classes: number; readonly seed: number },
): Graph {
  const graph = upgradeOpset(model)
  const { layer, biases } = headOf(graph)
  const [, weight = '', bias = ''] = layer.inputs
  const shape = graph.initializers.get(weight)?.dims ?? []
  const axis = layer.op === 'Conv' || (layer.op === 'Gemm' && isOn(layer, 'transB')) ? 0 : 1
  const before = shape[axis] ?? 0
  const random = createRandom(seed, headStream)
  const drawn = (dims: readonly number[]): Tensor => {
    const resized = dims.map((size, index) => (index === axis ? classes : size))
    const count = resized.reduce((product, size) => product * size, 1)
    const scale = Math.sqrt(classes / count)
    return tensorOf(
      'float32',
      resized,
      Float32Array.from({ length: count }, () => scale * randomNormal(random)),
    )
  }
  const changed = new Map([[weight, drawn(shape)]])
  for (const name of [bias, ...biases]) {
    const dims = graph.initializers.get(name)?.dims
    if (dims) changed.set(name, zeros(dims.map(size => (size === before ? classes : size))))
  }
  for (const name of changed.keys())
    if (usersOf(graph, name).length > 1) throw headError(graph, `${name} is read elsewhere too`)
  const resized = (sizes: Shape | undefined) => sizes?.map((size, at) => (at === 1 && size === before ? classes : size))
  return {
    ...graph,
    initializers: new Map([...graph.initializers].map(([name, tensor]) => [name, changed.get(name) ?? tensor])),
    outputs: graph.outputs.map(({ name, type }) => ({ name, type: type && { ...type, shape: resized(type.shape) } })),
    // What was noted of shapes behind the layer is of the old classes.
    valueInfo: new Map([...graph.valueInfo].filter(([, { type }]) => !type?.shape?.includes(before))),
  }
}

const zeros = (dims: readonly number[]) =>
  tensorOf('float32', dims, new Float32Array(dims.reduce((product, size) => product * size, 1)))

const isOn = ({ attributes }: Node, name: string) => {
  const attribute = attributes[name]
  return attribute?.kind === 'int' && Number(attribute.value) === 1
}

/** The layer that makes the logits, and the biases that are added to them, found from the only output backwards. */
function headOf(graph: Graph): { readonly layer: Node; readonly biases: readonly string[] } {
  const [output, another] = graph.outputs
  if (!output || another) throw headError(graph, `it has ${graph.outputs.length} outputs`)
  const biases: string[] = []
  let name = output.name
  for (;;) {
    const node = graph.nodes.find(({ outputs }) => outputs.includes(name))
    if (!node) throw headError(graph, 'no layer with weights makes its output')
    const weight = graph.initializers.get(node.inputs[1] ?? '')
    if (isHead(node, weight)) return { layer: node, biases }
    const constant = node.inputs.find(input => graph.initializers.has(input))
    const value = node.inputs.find(input => input !== '' && !graph.initializers.has(input))
    if (value === undefined || !(passing.has(node.op) || (node.op === 'Add' && constant !== undefined)))
      throw headError(graph, `${node.name} (${node.op}) stands between its last layer and its output`)
    if (node.op === 'Add' && constant !== undefined) biases.push(constant)
    name = value
  }
}

/** Weights of a dense layer, `[K, F]` or `[F, K]`, or of a 1×1 convolution, `[K, F, 1, 1]`. */
const isHead = ({ op }: Node, weight: Tensor | undefined): boolean =>
  weight?.dataType === 'float32' &&
  (((op === 'Gemm' || op === 'MatMul') && weight.dims.length === 2) ||
    (op === 'Conv' && weight.dims.length === 4 && weight.dims.slice(2).every(size => size === 1)))

const headError = (graph: Graph, problem: string) =>
  new ModelError({
    code: 'MODEL_HEAD',
    message: `The classes of ${graph.name} cannot be replaced: ${problem}.`,
    hint: 'Export the model with the head that you need.',
  })
