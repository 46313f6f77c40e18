import {
  elementCount,
  type Graph,
  type GraphBuilder,
  graphIndex,
  inferTypes,
  type Tensor,
  tensorFloats,
} from '@pare/core-graph'
import { type Range, unionOf } from '../affine.ts'
import { extremesOf, type Ranges, tensorNamed } from '../insert-qdq.ts'
import type { ScaleGroup } from '../scale-groups.ts'
import { type ScaleContext, type ScaleTensors, type ScaleValues, zeroPointOf } from './activation-scale.ts'
import type { FakeOptions } from './fake-quantize.ts'
import { affineOfLevels } from './levels.ts'

/** The scale of a group: found while training, or fixed where it is known beforehand. */
export function scaleOfGroup(
  b: GraphBuilder,
  graph: Graph,
  group: ScaleGroup,
  ranges: Ranges,
  tensors: ScaleTensors,
  { levels, activationScale, scaleOptions }: FakeOptions,
): ScaleValues {
  const { fixed, whole: start } = rangeOfGroup(graph, group, ranges)
  const [name = ''] = group.values
  const context: ScaleContext = {
    b,
    name,
    values: group.observed.map(value => b.value(value)),
    elements: group.observed.reduce((sum, value) => sum + elementsOf(graph, value), 0),
    fixed,
    start,
    bound: boundOf(graph, group, fixed, start),
    levels,
    tensors,
  }
  const isInput = graph.inputs.some(input => group.observed.includes(input.name))
  const isFixed = group.observed.length === 0 || (isInput && activationScale.trained)
  if (!isFixed) return activationScale.build(context, scaleOptions as never)
  const { scale, zeroPoint } = affineOfLevels(start, levels)
  return { scale: b.scalar(scale), zeroPoint: zeroPointOf(context, zeroPoint) }
}

/** What a group must hold whatever is observed, and with what was observed; zero is in both. */
export function rangeOfGroup(
  graph: Graph,
  { known, constants, observed }: ScaleGroup,
  ranges: Ranges,
): { readonly fixed: Range; readonly whole: Range } {
  const zero = { low: 0, high: 0 }
  const fixed = unionOf([...known, ...constants.map(({ tensor }) => extremesOf(tensorNamed(graph, tensor))), zero])
  return { fixed, whole: unionOf([fixed, ...observed.map(name => ranges.get(name) ?? zero)]) }
}

/** Elements of one sample, as far as sizes are known. */
function elementsOf(graph: Graph, value: string): number {
  const [, ...sizes] = inferTypes(graph).values.get(value)?.shape ?? []
  return elementCount(sizes.map(size => (typeof size === 'number' ? size : 1)))
}

/**
 * The greatest number that Clips from 0 let into a group, where all that is observed in it comes out of one, and what it
 * must hold besides. With numbers below 0 the pair cannot do a Clip's work: then there is none.
 */
function boundOf(graph: Graph, { observed }: ScaleGroup, fixed: Range, start: Range): number | undefined {
  if (start.low < 0) return undefined
  const bounds = observed.map(value => {
    const node = graphIndex(graph).producer.get(value)
    const max: Tensor | undefined = node?.op === 'Clip' ? graph.initializers.get(node.inputs[2] ?? '') : undefined
    return max ? (tensorFloats(max)[0] ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
  })
  const bound = Math.max(fixed.high, ...bounds)
  return Number.isFinite(bound) && observed.length > 0 ? bound : undefined
}
