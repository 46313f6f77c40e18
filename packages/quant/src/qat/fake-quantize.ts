import {
  createBuilder,
  type Graph,
  type GraphBuilder,
  type TrainableTensor,
  tensorOf,
  type Value,
} from '@pare/core-graph'
import { connect, type Ranges, tensorNamed } from '../insert-qdq.ts'
import type { QuantizationPlan } from '../plan.ts'
import type { PlannedWeight } from '../plan-weights.ts'
import type { WeightBits } from '../quantize-weights.ts'
import type { ScaleGroup } from '../scale-groups.ts'
import type { AnyActivationScale, ScaleTensors, ScaleValues } from './activation-scale.ts'
import { channelsFirst, foldingFactor, type NormalizedConv } from './batch-norm.ts'
import { affineOfLevels, type Levels } from './levels.ts'
import { rangeOfGroup, scaleOfGroup } from './scale-of-group.ts'
import { fakeWeights, floorFor, type WeightScaleKind } from './weight-scale.ts'

/** How training rounds. */
export interface FakeOptions {
  readonly levels: Levels
  readonly weightBits: WeightBits
  readonly weightScale: WeightScaleKind
  readonly activationScale: AnyActivationScale
  readonly scaleOptions: unknown
}

/** A float model that rounds as its quantized form will, and how to find in it what was added. */
export interface FakeQuantized {
  readonly graph: Graph
  /** What stands behind the rounding of a value or constant, and the value or constant itself. */
  readonly originals: ReadonlyMap<string, string>
  /** Values whose names stand for what is behind now, and their names before it. */
  readonly renamed: ReadonlyMap<string, string>
  /** Names of the scale and the zero point of each group. */
  readonly groups: ReadonlyMap<ScaleGroup, { readonly scale: string; readonly zeroPoint: string }>
  /** Names of the scales of each weight. */
  readonly weights: ReadonlyMap<string, string>
  readonly trainable: readonly (string | TrainableTensor)[]
  readonly state: ReadonlyMap<string, string>
  /** The state that is 1 while ranges are observed, and 0 then; undefined where none are. */
  readonly observing: string | undefined
}

/**
 * The graph with every rounding of its quantized form (`insertQdq`), in float32: a QuantizeLinear → DequantizeLinear pair
 * behind every planned value and weight, biases rounded to the products of both scales. What it computes is what the
 * quantized model will; gradients pass straight through.
 *
 * @param graph as planned, or with BatchNormalization still behind the convolutions of `convs`
 * @param folded the graph that was planned
 * @param ranges the calibrated ranges of its values
 */
export function fakeQuantize(
  graph: Graph,
  folded: Graph,
  plan: QuantizationPlan,
  ranges: Ranges,
  convs: ReadonlyMap<string, NormalizedConv>,
  options: FakeOptions,
): FakeQuantized {
  const b = createBuilder(graph)
  const { tensors, trainable, state, observing } = createTensors(b)
  const pairs = new Map<string, string>()
  const instead = new Map<string, Map<string, string>>()
  const originals = new Map<string, string>()
  const readInstead = (node: string, name: string, by: Value) => {
    instead.set(node, (instead.get(node) ?? new Map()).set(name, by.name))
    originals.set(by.name, name)
  }

  const groups = new Map<ScaleGroup, { scale: string; zeroPoint: string }>()
  const dataScales = new Map<string, Value>()
  const startScales = new Map<string, number>()
  for (const group of plan.groups) {
    const [name = ''] = group.values
    b.scope(`${name}/rounded`, () => {
      const made = scaleOfGroup(b, graph, group, ranges, tensors, options)
      groups.set(group, { scale: made.scale.name, zeroPoint: made.zeroPoint.name })
      const start = affineOfLevels(rangeOfGroup(graph, group, ranges).whole, options.levels)
      for (const value of group.values) {
        startScales.set(value, start.scale)
        const { name: behind } = roundedValue(b, b.value(value), made, options.levels)
        pairs.set(value, behind)
        originals.set(behind, value)
        dataScales.set(value, made.scale)
      }
      for (const { tensor, nodes } of group.constants) {
        const rounded = roundedValue(b, b.value(tensor), made, options.levels)
        for (const node of nodes) readInstead(node, tensor, rounded)
      }
    })
  }

  const swapped = new Map<string, string>()
  const weights = new Map<string, string>()
  for (const weight of plan.weights) {
    const [reader] = weight.readers
    const normalized = convs.get(reader?.node ?? '')
    b.scope(reader?.node ?? weight.tensor, () => {
      const factor = normalized && foldingFactor(b, normalized)
      const scale = addWeight(weight, factor)
      weights.set(weight.tensor, scale.name)
      if (normalized && factor) unfold(normalized, factor)
      else addBiases(weight, scale)
    })
    trainable.push(weight.tensor)
  }

  const quantized = new Set([
    ...plan.quantized.map(({ node }) => node),
    ...[...convs.values()].map(({ norm }) => norm.name),
  ])
  const connected = connect(graph, b.build(), pairs, instead, quantized, swapped)
  return {
    graph: connected.graph,
    originals,
    renamed: connected.renamed,
    groups,
    weights,
    trainable: [...new Map(trainable.map(one => [typeof one === 'string' ? one : one.name, one])).values()],
    state,
    observing: observing(),
  }

  /** Rounds weights for all that read them; gives their scales. */
  function addWeight({ tensor, axis, readers }: PlannedWeight, factor: Value | undefined): Value {
    const initial = tensorNamed(folded, tensor)
    const own = b.value(tensor)
    const value = factor ? b.Mul(own, channelsFirst(b, factor, initial.dims.length)) : own
    const { weightBits: bits, weightScale: kind } = options
    const biases = readers.flatMap(({ data, bias }) =>
      bias ? [{ bias: tensorNamed(folded, bias), dataScale: startScales.get(data) ?? 1 }] : [],
    )
    const floor = floorFor({ initial, axis, bits }, biases)
    const { rounded, scale } = fakeWeights(b, { name: tensor, value, initial, axis, bits, kind, floor }, tensors)
    for (const { node } of readers) readInstead(node, tensor, rounded)
    return scale
  }

  /** The convolution's result and bias without the factor, so that BatchNormalization gets what it would without folding. */
  function unfold({ conv, norm }: NormalizedConv, factor: Value): void {
    const [, weight = '', bias] = conv.inputs
    const [output = ''] = conv.outputs
    if (bias) {
      readInstead(conv.name, bias, b.Mul(b.value(bias), factor))
      trainable.push(bias)
    }
    const rank = tensorNamed(graph, weight).dims.length
    const divided = b.Mul(b.value(output), channelsFirst(b, b.Reciprocal(factor), rank - 1))
    readInstead(norm.name, output, divided)
    swapped.set(output, divided.name)
  }

  /** Biases rounded to multiples of the data's scale times the weights', as int32 will hold them. */
  function addBiases({ readers }: PlannedWeight, scale: Value): void {
    if (plan.quantization.bias === 'float') return
    const made = new Map<string, Value>()
    for (const { node, data, bias } of readers) {
      if (!bias) continue
      const dataScale = dataScales.get(data) ?? b.scalar(1)
      const key = `${bias} ${dataScale.name}`
      const product = b.Mul(dataScale, scale)
      const rounded = made.get(key) ?? b.Mul(b.Round(b.Div(b.value(bias), product)), product)
      made.set(key, rounded)
      readInstead(node, bias, rounded)
      trainable.push(bias)
    }
  }
}

function createTensors(b: GraphBuilder) {
  const trainable: (string | TrainableTensor)[] = []
  const state = new Map<string, string>()
  const made = new Map<string, Value>()
  let observing: string | undefined
  const shared = (key: string, make: () => Value) => {
    const value = made.get(key) ?? make()
    made.set(key, value)
    return value
  }
  const tensors: ScaleTensors = {
    parameter: (name, initial, gradientScale) => {
      const value = b.initializer(`qat/${name}`, initial)
      trainable.push({ name: value.name, gradientScale })
      return value
    },
    state: (name, initial, next) => {
      const value = b.initializer(`qat/${name}`, initial)
      state.set(value.name, next(value).name)
      return value
    },
    observing: () =>
      shared('observing', () => {
        const value = b.initializer('qat/observing', tensorOf('float32', [], [1]))
        observing = value.name
        state.set(value.name, value.name)
        return value
      }),
    shared,
  }
  return { tensors, trainable, state, observing: () => observing }
}

/** Clipped to the levels, where these are not all of their type, then rounded. */
function roundedValue(
  b: GraphBuilder,
  value: Value,
  { scale, zeroPoint }: ScaleValues,
  { least, most }: Levels,
): Value {
  let clipped = value
  if (most - least < 255) {
    const zero = b.Cast(zeroPoint, { to: 1 })
    const [low, high] = [least, most].map(level => b.Mul(b.Sub(b.scalar(level), zero), scale))
    if (low && high) clipped = b.Min([b.Max([value, low]), high])
  }
  return b.DequantizeLinear(b.QuantizeLinear(clipped, scale, zeroPoint), scale, zeroPoint)
}
