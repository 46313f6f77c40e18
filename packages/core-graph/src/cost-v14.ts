import type { Node } from './graph.ts'
import { attribute, type Inferred, isKnown, readAttributes } from './operator.ts'
import { elementCount } from './tensor.ts'

interface Shapes {
  /** Of each input, without defaults: the weight is the second. */
  readonly inputs: readonly (readonly number[])[]
  /** Of the first output. */
  readonly output: readonly number[]
}

/** A sample's elements: the first axis is the batch. */
const perSample = (shape: readonly number[]) => elementCount(shape.slice(1))

type Rule = (node: Node, shapes: Shapes) => number

const ofConvolution: Rule = (node, { inputs: [, filter = []], output }) => {
  const { group } = readAttributes(node, { group: attribute.int(1) })
  const bias = node.inputs[2] ? 1 : 0
  return 2 * perSample(output) * (elementCount(filter.slice(1)) / group + bias)
}

const ofElements = (_: Node, { output }: Shapes) => perSample(output)

const ofPool = (node: Node, { output }: Shapes) =>
  perSample(output) * elementCount(readAttributes(node, { kernel_shape: attribute.required.ints() }).kernel_shape)

const ofGlobalPool = (_: Node, { inputs: [input = []] }: Shapes) => perSample(input)

const ofFullyConnected = (_: Node, { inputs: [, weight = []] }: Shapes) => 2 * elementCount(weight)

/**
 * The FLOPs of PaddleSlim 1.4 (`core/graph_wrapper.py`, `flops`), one sample. A convolution is
 * 2·Hₒ·Wₒ·Cₒ·(kh·kw·C/groups + bias) with C the filter's own axis 1, which is divided by the groups already: a
 * depthwise convolution comes out near 0. Kept so that its published tables can be compared with.
 */
const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['Conv', ofConvolution],
  ['MaxPool', ofPool],
  ['AveragePool', ofPool],
  ['GlobalMaxPool', ofGlobalPool],
  ['GlobalAveragePool', ofGlobalPool],
  ['Gemm', ofFullyConnected],
  ['MatMul', ofFullyConnected],
  ['Relu', ofElements],
  ['Sigmoid', ofElements],
  ['BatchNormalization', ofElements],
])

/** A node's FLOPs in the convention of PaddleSlim 1.4; 0 for operators that it did not count. Shapes must be known. */
export function flopsOf(node: Node, values: ReadonlyMap<string, Inferred>): number {
  const rule = node.domain === '' ? rules.get(node.op) : undefined
  if (!rule) return 0
  const shapeOf = (name: string) => {
    const shape = values.get(name)?.shape
    return isKnown(shape) ? shape : []
  }
  return rule(node, { inputs: node.inputs.map(shapeOf), output: shapeOf(node.outputs[0] ?? '') })
}
