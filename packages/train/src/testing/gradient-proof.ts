import { type Graph, type TensorData, tensorElements, withOutputs } from '@pare/core-graph'
import { expandComposites } from '../composites/expand-composites.ts'
import { withBatchSize } from '../model-state.ts'
import { stepGraph } from '../step-graph.ts'
import { trainOptions } from '../train-options.ts'
import { runOnce } from './differentiate-case.ts'
import { type Flips, flipsOf, type GradientDistance, gradientDistance } from './gradient-distance.ts'
import { images, targetsOf } from './gradient-record.ts'
import { decidingValues } from './interpret.ts'
import type { Nd } from './nd.ts'
import { computed, gradientsIn, wholeModel } from './whole-model.ts'

/** A batch by the formula, and its targets. */
export interface ProofBatch {
  readonly size: number
  /** `[C, H, W]` */
  readonly image: readonly number[]
  readonly labelSmoothing: number
}

/** The gradients of a model with 10 classes, computed in two ways on the same batch. */
export interface GradientProof {
  /** The parameters that a step trains. */
  readonly trained: readonly string[]
  /** The emitted graph, computed in float64. */
  inFloat64(faults?: Faults): ReadonlyMap<string, Nd>
  /**
   * How far a training step, run in float32 by onnxruntime, is from float64 in which the same branches are taken, and
   * how many of these float64 would not take.
   * @param rewrite makes standard operators of the step's composites. Default: `expandComposites`
   */
  inFloat32(rewrite?: (step: Graph) => Graph, faults?: Faults): Promise<GradientDistance & Flips>
}

/** What is planted, to see that it is found. */
export interface Faults {
  /** Changes the graph that is run. */
  readonly graph?: (graph: Graph) => Graph
  /** Instead of the batch's. */
  readonly labelSmoothing?: number
}

const classes = 10

/** @param model prepared for training, with one input */
export function gradientProof(model: Graph, batch: ProofBatch): GradientProof {
  const [input] = model.inputs
  const name = input?.name ?? ''
  const type = { dataType: 'float32', shape: [null, ...batch.image] } as const
  const fixed = withBatchSize({ ...model, inputs: [{ name, type }], valueInfo: new Map() }, batch.size)
  const step = stepGraph(fixed, trainOptions.parse({ accumulate: 2 }))
  const whole = wholeModel(fixed, step.trained)
  const gradientNames = new Map(step.trained.map(name => [name, step.state.get(`accumulated/${name}`)?.next ?? '']))
  const watched = standIns(whole.graph)
  const feedsOf = (labelSmoothing: number) => ({
    [name]: images([batch.size, ...batch.image]),
    targets: targetsOf({ size: batch.size, classes, labelSmoothing }),
  })
  return {
    trained: step.trained,
    inFloat64: ({ graph = same, labelSmoothing = batch.labelSmoothing } = {}) =>
      gradientsIn(whole, computed({ ...whole, graph: graph(whole.graph) }, feedsOf(labelSmoothing))),
    inFloat32: async (rewrite = expandComposites, { graph = same, labelSmoothing = batch.labelSmoothing } = {}) => {
      const outputs = [...new Set([...gradientNames.values(), ...watched.values()])]
      const rewritten = graph(rewrite(withOutputs(step.accumulation ?? step.graph, outputs)))
      const ran = await run(rewritten, step.state, feedsOf(labelSmoothing))
      const fetched = (names: ReadonlyMap<string, string>) =>
        new Map([...names].map(([name, output]) => [name, ran.get(output) ?? { dims: [], data: new Float64Array() }]))
      const seen = fetched(watched)
      const values = computed(whole, feedsOf(batch.labelSmoothing), seen)
      return {
        ...gradientDistance(whole.graph, fetched(gradientNames), gradientsIn(whole, values)),
        ...flipsOf(whole.graph, values, seen),
      }
    },
  }
}

const same = (graph: Graph) => graph

/**
 * The values by which branches are chosen, and what tells them apart as well: of an activation its output, so that
 * nothing has to keep its input.
 */
function standIns(graph: Graph): ReadonlyMap<string, string> {
  const outputs = new Map(
    graph.nodes.flatMap(({ op, inputs: [x = ''], outputs: [y = ''] }) =>
      op === 'Relu' || op === 'Clip' ? [[x, y]] : [],
    ),
  )
  const computedNames = new Set(graph.nodes.flatMap(node => node.outputs))
  const names = decidingValues(graph).filter(name => computedNames.has(name))
  return new Map(names.map(name => [name, outputs.get(name) ?? name]))
}

async function run(
  graph: Graph,
  state: ReturnType<typeof stepGraph>['state'],
  feeds: Readonly<Record<string, Nd>>,
): Promise<ReadonlyMap<string, Nd>> {
  const tensors = new Map(Object.entries(feeds).map(([name, value]) => [name, float32(value)]))
  for (const [name, { initial }] of state)
    tensors.set(name, { dataType: initial.dataType, dims: initial.dims, data: tensorElements(initial) })
  const taken = graph.inputs.flatMap(({ name }) => {
    const tensor = tensors.get(name)
    return tensor ? [[name, tensor] as const] : []
  })
  const fetched = await runOnce(graph, Object.fromEntries(taken))
  return new Map(
    Object.entries(fetched).map(([name, { dims, data }]) => [name, { dims, data: Float64Array.from(data, Number) }]),
  )
}

const float32 = ({ dims, data }: Nd): TensorData => ({ dataType: 'float32', dims, data: Float32Array.from(data) })
