import { ModelError } from './errors.ts'
import type { Dimension, Graph, Shape, TensorType, ValueInfo } from './graph.ts'

/**
 * Gives inputs a fixed shape: symbols such as `N` become numbers wherever the graph states them.
 *
 * @param shapes by input name; an input that is not named keeps its shape, except for symbols that it shares
 * @throws ModelError `MODEL_INPUT_SHAPE` for an input that the model does not have, or a shape that contradicts its own
 */
export function withInputShapes(graph: Graph, shapes: Readonly<Record<string, readonly number[]>>): Graph {
  const bound = new Map<string, number>()
  for (const [name, shape] of Object.entries(shapes)) {
    const input = graph.inputs.find(candidate => candidate.name === name)
    if (!input)
      throw new ModelError({
        code: 'MODEL_INPUT_SHAPE',
        message: `The model has no input named ${name}.`,
        hint: `Its inputs are: ${graph.inputs.map(candidate => candidate.name).join(', ') || 'none'}.`,
      })
    bindShape(input, shape, bound)
  }
  const inputs = new Set(graph.inputs.map(input => input.name))
  return changeTypes(graph, ({ name, type }) => {
    const given = inputs.has(name) && Object.hasOwn(shapes, name) ? shapes[name] : undefined
    return type && { ...type, shape: given ?? boundShape(type.shape, bound) }
  })
}

function bindShape({ name, type }: ValueInfo, shape: readonly number[], bound: Map<string, number>): void {
  const stated = type?.shape
  const wrong = (reason: string) =>
    new ModelError({
      code: 'MODEL_INPUT_SHAPE',
      message: `The input ${name} cannot have the shape [${shape}]: ${reason}.`,
      hint: `The model states ${stated ? `[${stated.map(dimension => dimension ?? '?')}]` : 'no tensor type'} for it.`,
    })
  if (!type) throw wrong('it is no tensor')
  if (shape.some(size => !Number.isInteger(size) || size < 1)) throw wrong('every size must be a positive integer')
  if (!stated) return
  if (stated.length !== shape.length) throw wrong(`it has ${stated.length} axes`)
  for (const [axis, dimension] of stated.entries()) {
    const size = shape[axis]
    if (size === undefined || dimension === null) continue
    const known = typeof dimension === 'number' ? dimension : bound.get(dimension)
    if (known !== undefined && known !== size) throw wrong(`axis ${axis} (${dimension}) is ${known}`)
    if (typeof dimension === 'string') bound.set(dimension, size)
  }
}

/** Replaces every symbol of the inputs by what `sizeOf` says; an unnamed first dimension, the batch, is the symbol ''. */
export function bindSymbols(graph: Graph, sizeOf: (symbol: string) => number | undefined): Graph {
  const named = (shape: Shape) => shape.map((dimension, axis) => (dimension === null && axis === 0 ? '' : dimension))
  const symbols = graph.inputs.flatMap(({ type }) => named(type?.shape ?? []).filter(item => typeof item === 'string'))
  const bound = new Map(
    symbols.flatMap(symbol => {
      const size = sizeOf(symbol)
      return size === undefined ? [] : [[symbol, size] as const]
    }),
  )
  if (bound.size === 0) return graph
  const inputs = new Set(graph.inputs.map(input => input.name))
  return changeTypes(graph, ({ name, type }) => {
    const shape = type?.shape && inputs.has(name) ? named(type.shape) : type?.shape
    return type && { ...type, shape: boundShape(shape, bound) }
  })
}

const boundShape = (shape: Shape | undefined, bound: ReadonlyMap<string, number>): Shape | undefined =>
  shape?.map(
    (dimension): Dimension => (typeof dimension === 'string' ? (bound.get(dimension) ?? dimension) : dimension),
  )

/** States other types for inputs, outputs and annotated values; one whose shape stays the same is left as it was loaded. */
function changeTypes(graph: Graph, change: (info: ValueInfo) => TensorType | undefined): Graph {
  const changed = (info: ValueInfo): ValueInfo => {
    const type = change(info)
    return String(type?.shape) === String(info.type?.shape) ? info : { ...info, type }
  }
  return {
    ...graph,
    inputs: graph.inputs.map(changed),
    outputs: graph.outputs.map(changed),
    valueInfo: new Map([...graph.valueInfo].map(([name, info]) => [name, changed(info)])),
  }
}
