import { type Graph, saveModel } from '@pare/core-graph'
import { nestedGraph } from '../mutate-model.ts'
import { type Field, fieldBytes, isMessage, parseFields } from '../protobuf-tree.ts'
import { convolutional } from './built-models.ts'
import { graph, node, value } from './written-models.ts'

/** A field by its number in onnx.proto. */
const field = (number: number, content: string | bigint | Uint8Array | readonly Field[]): Field => ({
  number,
  value: typeof content === 'string' ? Buffer.from(content, 'utf8') : content,
})
const packed = (...values: number[]) => Uint8Array.from(values)

/** The model with its graph's fields changed, and with more fields of its own. */
function extended(model: Graph, change: (graph: readonly Field[]) => readonly Field[], more: readonly Field[] = []) {
  const fields = parseFields(saveModel(model).model)
  const isGraph = (item: Field) => item.number === 7 && isMessage(item)
  return fieldBytes([
    ...fields.map(item => (isGraph(item) ? field(7, change(item.value as readonly Field[])) : item)),
    ...more,
  ])
}

/** A function of the model that calls another twice, or adds, on the way from input a to output b. */
function functionOf(name: string, called: string): Field {
  const call = (from: string, to: string) => {
    const rest = called === 'Add' ? field(1, from) : field(7, 'custom')
    return field(7, [field(1, from), rest, field(2, to), field(4, called)])
  }
  const opset = (domain: string, version: bigint) => field(9, [field(1, domain), field(2, version)])
  const body = [field(4, 'a'), field(5, 'b'), call('a', 'h'), call('h', 'b')]
  return field(25, [field(1, name), ...body, opset('', 21n), opset('custom', 1n), field(10, 'custom')])
}

const xToY = { inputs: [value('x', 'float32', [2])], outputs: [value('y', 'float32', [2])] }

/** Functions that double each other: two calls become 32 nodes. */
export function functions(): Uint8Array {
  const opsets = new Map([
    ['', 21],
    ['custom', 1],
  ])
  const nodes = [node('f3', ['x'], ['h'], {}, 'custom'), node('f3', ['h'], ['y'], {}, 'custom')]
  const chain = [functionOf('f0', 'Add'), functionOf('f1', 'f0'), functionOf('f2', 'f1'), functionOf('f3', 'f2')]
  return extended(graph({ ...xToY, opsets, nodes }), fields => fields, chain)
}

/** Strings in an initializer, a sparse initializer and an annotation: kept, and not looked into. */
export function unusual(): Uint8Array {
  const strings = field(5, [field(1, packed(2)), field(2, 8n), field(6, 'a'), field(6, 'b'), field(8, 'strings')])
  const values = field(1, [field(1, packed(1)), field(2, 1n), field(8, 'sparse'), field(9, packed(0, 0, 128, 63))])
  const indices = field(2, [field(1, packed(1)), field(2, 7n), field(7, packed(2))])
  const sparse = field(15, [values, indices, field(3, packed(4))])
  const annotation = field(14, [field(1, 'w1'), field(2, [field(1, 'SCALE_TENSOR'), field(2, 'b1')])])
  const metadata = field(14, [field(1, '__proto__'), field(2, 'v')])
  return extended(convolutional(), fields => [...fields, strings, sparse, annotation], [metadata])
}

/** As deep as protobuf allows: 100 messages, three for each graph inside a graph. */
export const deep = (): Uint8Array =>
  extended(graph({ ...xToY, nodes: [node('Relu', ['x'], ['y'])] }), fields => nestedGraph(fields, 30))
