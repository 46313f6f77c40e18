import {
  type Executor,
  type Graph,
  ModelError,
  passes,
  type TensorData,
  tensorElements,
  withOutputs,
} from '@pare/core-graph'
import type { TrainedAffine, TrainedScales } from '../insert-qdq.ts'
import type { FakeQuantized } from './fake-quantize.ts'
import { clipOf, type Levels } from './levels.ts'

/** The scales that a trained model rounds by: computed by the graph itself, so that they are the same to the last bit. */
export async function trainedScales(
  graph: Graph,
  { groups, weights }: Pick<FakeQuantized, 'groups' | 'weights'>,
  levels: Levels,
  executor: Executor,
): Promise<TrainedScales> {
  const names = [...[...groups.values()].flatMap(({ scale, zeroPoint }) => [scale, zeroPoint]), ...weights.values()]
  const values = await valuesOf(graph, new Set(names), executor)
  const numberIn = (name: string) => Number(values.get(name)?.data[0])
  return {
    groups: new Map(
      [...groups].map(([group, names]): [typeof group, TrainedAffine] => {
        const [scale, zeroPoint] = [numberIn(names.scale), numberIn(names.zeroPoint)]
        const affine = { dataType: levels.dataType, scale, zeroPoint }
        const clip = clipOf(levels, affine)
        return [group, { ...affine, ...(clip && { clip }) }]
      }),
    ),
    weights: new Map(
      [...weights].map(([tensor, name]) => [tensor, Float32Array.from(values.get(name)?.data ?? [], Number)]),
    ),
  }
}

/** Values of a graph that are made of its constants alone. */
async function valuesOf(
  graph: Graph,
  names: ReadonlySet<string>,
  executor: Executor,
): Promise<ReadonlyMap<string, Pick<TensorData, 'data'>>> {
  const constants = [...names].flatMap(name => {
    const tensor = graph.initializers.get(name)
    return tensor ? [[name, { data: tensorElements(tensor) }] as const] : []
  })
  const known = new Map(constants)
  const made = new Set(graph.nodes.flatMap(({ outputs }) => outputs))
  const missing = [...names].filter(name => !known.has(name))
  for (const name of missing)
    if (!made.has(name))
      throw new ModelError({
        code: 'MODEL_PLAN',
        message: `The trained model has no scale ${name} any more.`,
        hint: 'Name quant.qat after the strategies of its stage that change the graph.',
      })
  if (missing.length === 0) return known
  const { graph: part } = passes['remove-dead-code'].run({ ...withOutputs(graph, missing), inputs: [] })
  await using session = await executor.open(part, { optimize: false })
  return new Map([...known, ...Object.entries(await session.run({}))])
}
