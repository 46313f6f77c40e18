import type { Attribute, Graph, GraphBody, Tensor, ValueInfo } from '@pare/core-graph'

/**
 * All of a graph that a program can see, without the messages that it was loaded from and without the names of nodes
 * (the nameless are named anew each time): two graphs are the same when their views are deeply equal.
 */
export const modelView = (graph: Graph) => ({
  ...bodyView(graph),
  opsets: graph.opsets,
  metadata: graph.metadata,
  functions: graph.functions,
})

const bodyView = (body: GraphBody): object => ({
  name: body.name,
  inputs: body.inputs.map(valueView),
  outputs: body.outputs.map(valueView),
  valueInfo: new Map([...body.valueInfo].map(([name, info]) => [name, valueView(info)])),
  initializers: new Map([...body.initializers].map(([name, tensor]) => [name, tensorView(tensor)])),
  nodes: body.nodes.map(({ op, domain, inputs, outputs, attributes }) => ({
    op,
    domain,
    inputs,
    outputs,
    attributes: new Map(Object.entries(attributes).map(([name, attribute]) => [name, attributeView(attribute)])),
  })),
})

const valueView = ({ name, type }: ValueInfo) => ({ name, type })

function attributeView(attribute: Attribute): unknown {
  if (attribute.kind === 'graph') return bodyView(attribute.value)
  if (attribute.kind === 'graphs') return attribute.value.map(bodyView)
  if (attribute.kind === 'tensor') return tensorView(attribute.value)
  return attribute.kind === 'other' ? attribute.source : { kind: attribute.kind, value: attribute.value }
}

function tensorView({ dataType, dims, storage }: Tensor): object {
  if (storage.kind === 'bytes') return { dataType, dims, elements: Buffer.from(storage.bytes) }
  if (storage.kind === 'external') return { dataType, dims, elements: Buffer.from(storage.read()) }
  const { rawData, floatData, doubleData, int32Data, int64Data, uint64Data, stringData } = storage.proto
  const lists = [floatData, doubleData, int32Data, int64Data, uint64Data, stringData]
  return { dataType, dims, elements: lists.every(list => list.length === 0) ? Buffer.from(rawData) : lists }
}
