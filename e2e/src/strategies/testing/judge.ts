import {
  createRandom,
  elementCount,
  type Graph,
  inferTypes,
  randomNormal,
  type TensorMap,
  validate,
} from '@pare/core-graph'
import { expect } from 'vitest'
import { cosine, run } from '../../testing/model-fixture.ts'

/** Images at random for the only input of a model. */
function images(graph: Graph, count: number): TensorMap {
  const [input] = graph.inputs
  const dims = [count, ...(input?.type?.shape ?? []).slice(1).map(Number)]
  const random = createRandom(11)
  const data = Float32Array.from({ length: elementCount(dims) }, () => 0.5 + 0.5 * randomNormal(random))
  return { [input?.name ?? '']: { dataType: 'float32', dims, data } }
}

const interfaceOf = ({ inputs, outputs }: Graph) =>
  [...inputs, ...outputs].map(({ name, type }) => ({ name, dataType: type?.dataType, shape: type?.shape }))

/** Which convolutions have a filter of its own for each channel. Groups of all must go with their channels. */
export function depthwiseLayers(graph: Graph): ReadonlyMap<string, boolean> {
  const { values } = inferTypes(graph)
  return new Map(
    graph.nodes
      .filter(({ op }) => op === 'Conv')
      .map(({ name, inputs: [x = '', weight = ''], attributes }) => {
        const groups = attributes.group?.kind === 'int' ? Number(attributes.group.value) : 1
        const channels = Number(values.get(x)?.shape?.[1])
        const [filters, width] = (values.get(weight)?.shape ?? []).map(Number)
        expect({ name, channels: Number(width) * groups }).toEqual({ name, channels })
        return [name, groups > 1 && groups === channels && filters === channels]
      }),
  )
}

/** Expects a valid model, every type of it known, with the inputs and outputs of another, which runs for any batch size. */
export async function expectWhole(made: Graph, like: Graph): Promise<void> {
  expect(validate(made).filter(({ severity }) => severity === 'error')).toEqual([])
  expect(inferTypes(made).unknown).toEqual([])
  expect(interfaceOf(made)).toEqual(interfaceOf(like))
  for (const count of [1, 3]) {
    const outputs = await run(made, images(made, count), true)
    for (const { name, type } of like.outputs) {
      const { dims, data } = outputs[name] ?? {}
      expect(dims).toEqual([count, ...(type?.shape ?? []).slice(1)])
      expect(Array.from(data ?? [], Number).every(Number.isFinite)).toBe(true)
    }
  }
}

/** The cosine of a quantized model's outputs in integers and in floats, each pair of roundings as it says. */
export async function integersAgainstRoundedFloats(graph: Graph): Promise<number> {
  const feeds = images(graph, 16)
  const [integers, floats] = [await run(graph, feeds, true), await run(graph, feeds)]
  const name = graph.outputs[0]?.name ?? ''
  return cosine(integers[name], floats[name])
}

/** Nodes of a model whose weights are integers. */
export const quantizedLayers = (graph: Graph): readonly string[] => {
  const integers = new Set(
    graph.nodes.flatMap(({ op, inputs: [x = ''], outputs }) =>
      op === 'DequantizeLinear' && graph.initializers.get(x)?.dataType === 'int8' ? outputs : [],
    ),
  )
  return graph.nodes.filter(({ inputs }) => inputs.some(name => integers.has(name))).map(({ name }) => name)
}
