import type { Attribute } from '@pare/core-graph'
import type { Flow } from '../channels/flow.ts'
import type { AxisLabels, FlowValue, Labels } from '../channels/labels.ts'
import type { CutContext, NodeCut } from '../rule.ts'

interface Convolution {
  readonly X: FlowValue
  readonly W: FlowValue
  readonly B?: FlowValue | undefined
}

/** The axes of the weight along which channels are read and made; axis 0 has those of all groups, axis 1 one group's. */
interface WeightAxes {
  readonly reads: 0 | 1
  readonly makes: 0 | 1
}

/**
 * X:[N, C, *s] → Y:[N, O, *s′] in g groups.
 * One group: C is read, O is made.
 * C = g (depthwise): a channel goes with all that its group makes.
 * Otherwise the groups must stay equally wide: the j-th channels of all groups go together.
 */
export function convolutionFlow({ X, W, B }: Convolution, group: number, axes: WeightAxes, flow: Flow): AxisLabels {
  const channels = Number(X.shape[1])
  const [input, read, made] = [X.axis(1), W.axis(axes.reads), W.axis(axes.makes)]
  const output = (labels: Labels | undefined) => [undefined, B ? flow.join(labels, B.axis(0)) : labels]
  if (group > 1 && channels === group) {
    const perGroup = Number(W.shape[axes.makes]) / (axes.makes === 0 ? group : 1)
    const groupOf = (place: number) => Math.floor(place / perGroup)
    if (axes.makes === 0) {
      flow.join(input, flow.fold(made, group, groupOf))
      return output(made)
    }
    flow.pin(made, `${flow.node.name} (${flow.node.op}) makes as many of each channel that it reads`)
    return output(flow.spread(flow.join(input, read), group * perGroup, groupOf))
  }
  flow.makes(W, axes.makes)
  flow.sums(W, axes.reads, X, 1)
  const inputs = channels / group
  const ofGroup = (labels: Labels | undefined, size: number) => flow.fold(labels, size, place => place % size)
  if (axes.makes === 0) {
    flow.join(ofGroup(input, inputs), read)
    ofGroup(made, Number(W.shape[0]) / group)
    return output(made)
  }
  flow.join(input, read)
  ofGroup(read, inputs)
  const outputs = Number(W.shape[1])
  return output(flow.spread(made, outputs * group, place => place % outputs))
}

/** A depthwise convolution has as many groups as channels. */
export function convolutionCut({ X }: Convolution, group: number, { shapeOf }: CutContext): NodeCut {
  if (group === 1 || X.shape[1] !== group) return {}
  const value: Attribute = { kind: 'int', value: Number(shapeOf(X)[1]) }
  return { attributes: { group: value } }
}
