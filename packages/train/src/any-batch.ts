import {
  createRewriter,
  fixedBatchSize,
  type Graph,
  type GraphBuilder,
  inferTypes,
  ModelError,
  type Node,
  readsOf,
  tensorNumbers,
  type ValueInfo,
} from '@pare/core-graph'

/**
 * A model that was exported for one batch size, made to take any: its inputs no longer state it, and a Reshape of samples
 * that has it as its first number keeps the first axis instead.
 * @param model its constants folded
 * @param fixed the batch size that it was exported for
 */
export function withAnyBatch(model: Graph, fixed: number): Graph {
  const isFixed = (shape: readonly unknown[] | undefined) => shape?.[0] === fixed
  const types = inferTypes(model).values
  const samples = dependents(model)
  const b = createRewriter(model)
  for (const node of model.nodes) {
    const [data = '', shape = ''] = node.inputs
    const keepsBatch = node.op === 'Reshape' && samples.has(data) && isFixed(types.get(data)?.shape)
    b.add(keepsBatch ? reshaped(b, node, shape, fixed) : node)
  }
  const { nodes, initializers } = b.build()
  const free = ({ type, ...info }: ValueInfo): ValueInfo => ({
    ...info,
    type: type && isFixed(type.shape) ? { ...type, shape: type.shape?.with(0, null) } : type,
  })
  return {
    ...model,
    nodes,
    initializers,
    inputs: model.inputs.map(free),
    outputs: model.outputs.map(free),
    valueInfo: new Map(),
  }
}

/** Everything that is computed from an input. */
function dependents({ inputs, nodes }: Graph): ReadonlySet<string> {
  const names = new Set(inputs.map(({ name }) => name))
  for (const node of nodes)
    if (readsOf(node).some(name => names.has(name))) for (const output of node.outputs) names.add(output)
  return names
}

/** 0 stands for the axis of the input, unless the node says that it is a size (ONNX Reshape, "allowzero"). */
function reshaped(b: GraphBuilder, node: Node, shape: string, fixed: number): Node {
  const { constant } = b.value(shape)
  const [first, ...rest] = constant ? tensorNumbers(constant) : []
  const allowsZero = node.attributes.allowzero?.kind === 'int' && node.attributes.allowzero.value === 1
  if (first !== fixed || allowsZero) return node
  return { ...node, inputs: [node.inputs[0] ?? '', b.ints(0, ...rest).name] }
}

/**
 * Makes something of a model for batches of another size than its own.
 * @throws ModelError `MODEL_BATCH_SIZE` when that fails, or its outputs do not follow
 */
export function rebatched(model: Graph, size: number, make: (model: Graph) => Graph): Graph {
  const fixed = fixedBatchSize(model)
  if (fixed === undefined || fixed === size) return make(model)
  const problem = (cause?: unknown) =>
    new ModelError({
      code: 'MODEL_BATCH_SIZE',
      message: `The model ${model.name} was exported for batches of ${fixed}, and cannot be made to take ${size}.`,
      hint: `Export it with a batch axis of any size (dynamic_axes or dynamic_shapes of torch.onnx.export), or take a batch size of ${fixed}.`,
      cause,
    })
  try {
    const graph = make(withAnyBatch(model, fixed))
    const types = inferTypes(graph).values
    const follow = model.outputs.every(
      ({ name, type }) => type?.shape?.[0] !== fixed || types.get(name)?.shape?.[0] === size,
    )
    if (follow) return graph
  } catch (cause) {
    throw problem(cause)
  }
  throw problem()
}
