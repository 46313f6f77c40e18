import type { DataType } from '../data-type.ts'
import type { Attribute, Graph, Node, Shape, ValueInfo } from '../graph.ts'
import { type Tensor, tensorOf } from '../tensor.ts'

/** A graph of any operator set, written down as it is: nothing is inferred or checked. */
export function graphOf(parts: {
  readonly opset?: number
  /** Shapes of float32 inputs, or types and shapes. */
  readonly inputs?: Readonly<Record<string, Shape | readonly [DataType, Shape]>>
  readonly initializers?: Readonly<Record<string, Tensor>>
  readonly nodes: readonly Node[]
  readonly outputs: readonly string[]
}): Graph {
  const { opset = 21, inputs = {}, initializers = {}, nodes, outputs } = parts
  return {
    name: 'graph',
    inputs: Object.entries(inputs).map(([name, type]) => valueInfo(name, type)),
    outputs: outputs.map(name => ({ name, type: undefined })),
    nodes,
    initializers: new Map(Object.entries(initializers)),
    valueInfo: new Map(),
    opsets: new Map([['', opset]]),
    metadata: new Map(),
    functions: [],
  }
}

export function valueInfo(name: string, type: Shape | readonly [DataType, Shape]): ValueInfo {
  const typed = Array.isArray(type[1]) ? (type as readonly [DataType, Shape]) : (['float32', type as Shape] as const)
  return { name, type: { dataType: typed[0], shape: typed[1] } }
}

/** `node('y', 'Add', ['a', 'b'])`: named after its first output; several outputs are separated by spaces. */
export function node(
  outputs: string,
  op: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, AttributeOf>> = {},
): Node {
  const names = outputs.split(' ')
  return {
    name: `${op}:${names[0]}`,
    op,
    domain: '',
    inputs,
    outputs: names,
    attributes: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, attributeOf(value)])),
  }
}

/** Whole numbers are ints; floats that are whole are given as they are stored. */
type AttributeOf = number | string | readonly number[] | Attribute

function attributeOf(value: AttributeOf): Attribute {
  if (typeof value === 'string') return { kind: 'string', value }
  if (typeof value === 'number') return { kind: Number.isInteger(value) ? 'int' : 'float', value }
  if ('kind' in value) return value
  return { kind: value.every(Number.isInteger) ? 'ints' : 'floats', value }
}

export const floats = (dims: readonly number[], data: readonly number[]): Tensor => tensorOf('float32', dims, data)
export const ints = (...data: readonly number[]): Tensor => tensorOf('int64', [data.length], data)

/** The nodes of a graph, one a line: `y = Conv(x, w) {group=2}`. */
export const textOf = (graph: Pick<Graph, 'nodes'>): string[] => graph.nodes.map(nodeText)

function nodeText({ op, inputs, outputs, attributes }: Node): string {
  const settings = Object.entries(attributes).map(([name, attribute]) => `${name}=${attributeText(attribute)}`)
  const call = `${outputs.join(', ')} = ${op}(${inputs.join(', ')})`
  return settings.length === 0 ? call : `${call} {${settings.join(' ')}}`
}

function attributeText(attribute: Attribute): string {
  if (attribute.kind === 'graph') return `[${textOf(attribute.value).join('; ')}]`
  return attribute.kind === 'other' || attribute.kind === 'tensor' ? attribute.kind : String(attribute.value)
}
