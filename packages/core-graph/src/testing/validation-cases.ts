import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import {
  FunctionProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
} from 'onnx-buf'
import type { DataType } from '../data-type.ts'
import type { Attribute, Graph, GraphBody, Node, Shape, ValueInfo } from '../graph.ts'
import { loadModel } from '../load.ts'
import { saveModel } from '../save.ts'
import { onnxruntimeNode } from '../targets/onnxruntime-node.ts'
import { tensorrt } from '../targets/tensorrt.ts'
import { xnnpack } from '../targets/xnnpack.ts'
import { type Tensor, tensorOf } from '../tensor.ts'
import type { ValidateOptions } from '../validate.ts'
import type { validationRules } from '../validation-rules/registry.ts'
import { floats, graphOf, node, valueInfo } from './graph-of.ts'

/** A smallest graph that breaks a rule, and one beside it that keeps all of them. */
export interface ValidationCase {
  readonly breaks: Graph
  readonly keeps: Graph
  readonly options?: ValidateOptions
}

type Types = Readonly<Record<string, Shape | readonly [DataType, Shape]>>

/** A graph whose outputs have types; of float32 `[2]` each unless said otherwise. */
function model(parts: {
  readonly nodes: readonly Node[]
  readonly inputs?: Types
  readonly outputs?: Types
  readonly initializers?: Readonly<Record<string, Tensor>>
  readonly opset?: number
}): Graph {
  const { inputs = { x: [2] }, outputs = { y: [2] } } = parts
  const graph = graphOf({ ...parts, inputs, outputs: Object.keys(outputs) })
  return { ...graph, outputs: Object.entries(outputs).map(([name, type]) => valueInfo(name, type)) }
}

const relu = node('y', 'Relu', ['x'])
const plain = model({ nodes: [relu] })

/** y = QuantizeLinear(x, scale, zeroPoint) */
const quantized = ({
  x = [2] as Shape,
  scale = floats([], [0.5]),
  zeroPoint = tensorOf('uint8', [], [128]),
  axis = 1,
}) =>
  model({
    inputs: { x },
    outputs: { y: [zeroPoint.dataType, x] },
    initializers: { scale, zeroPoint },
    nodes: [node('y', 'QuantizeLinear', ['x', 'scale', 'zeroPoint'], { axis })],
  })

/** A layer with integer weights and bias: y = Gemm(DQ(Q(x)), DQ(w), DQ(b)) */
const layer = ({ weight = 3, biasScale = 0.25, bias = true, dataType = 'uint8' as DataType }) =>
  model({
    inputs: { x: [1, 2] },
    outputs: { y: [1, 2] },
    initializers: {
      scale: floats([], [0.5]),
      zeroPoint: tensorOf(dataType, [], [0]),
      w: tensorOf('int8', [2, 2], [weight, 1, 2, 3]),
      b: bias ? tensorOf('int32', [2], [5, 6]) : floats([2], [5, 6]),
      ...(bias ? { biasScale: floats([], [biasScale]) } : {}),
    },
    nodes: [
      node('q', 'QuantizeLinear', ['x', 'scale', 'zeroPoint']),
      node('xd', 'DequantizeLinear', ['q', 'scale', 'zeroPoint']),
      node('wd', 'DequantizeLinear', ['w', 'scale']),
      ...(bias ? [node('bd', 'DequantizeLinear', ['b', 'biasScale'])] : []),
      node('y', 'Gemm', ['xd', 'wd', bias ? 'bd' : 'b']),
    ],
  })

const body = (value: Partial<GraphBody>): Attribute => ({
  kind: 'graph',
  value: {
    name: 'body',
    inputs: [],
    outputs: [],
    nodes: [],
    initializers: new Map(),
    valueInfo: new Map(),
    ...value,
  },
})
const outputs = (name: string): readonly ValueInfo[] => [valueInfo(name, [2])]

/** y = If(c) { then } else { Relu(x) } */
const branches = (thenNode: Node, output = thenNode.outputs[0] ?? '') =>
  model({
    inputs: { x: [2], c: ['bool', []] },
    nodes: [
      node('a', 'Neg', ['x']),
      node('y', 'If', ['c'], {
        then_branch: body({ nodes: [thenNode], outputs: outputs(output) }),
        else_branch: body({ nodes: [node('e', 'Relu', ['a'])], outputs: outputs('e') }),
      }),
    ],
  })

const withFunction = (calls: string): Graph => ({
  ...model({ nodes: [{ ...node('y', 'Half', ['x']), domain: 'own' }] }),
  opsets: new Map([
    ['', 21],
    ['own', 1],
  ]),
  functions: [
    create(FunctionProtoSchema, {
      name: 'Half',
      domain: 'own',
      input: ['a'],
      output: ['b'],
      opsetImport: [
        create(OperatorSetIdProtoSchema, { domain: '', version: 21n }),
        create(OperatorSetIdProtoSchema, { domain: 'own', version: 1n }),
      ],
      node: [
        create(NodeProtoSchema, { opType: calls, domain: calls === 'Half' ? 'own' : '', input: ['a'], output: ['b'] }),
      ],
    }),
  ],
})

/** A tensor as a file has it, with any number of elements. */
const damaged = (elements: number): Tensor => ({
  dataType: 'float32',
  dims: [2],
  storage: {
    kind: 'proto',
    proto: create(TensorProtoSchema, {
      name: 'w',
      dims: [2n],
      dataType: TensorProto_DataType.FLOAT,
      floatData: Array(elements).fill(1),
    }),
  },
})

const added = (w: Tensor) => model({ nodes: [node('y', 'Add', ['x', 'w'])], initializers: { w } })

/** A graph as loaded from a file in which something is as no graph of Pare's has it. */
function fileOf(graph: Graph, change: (model: ModelProto) => void): Graph {
  const message = fromBinary(ModelProtoSchema, saveModel(graph).model)
  change(message)
  return loadModel(toBinary(ModelProtoSchema, message))
}

/** A case for each rule, run by the conformance suite. */
export const validationCases: Readonly<Record<keyof typeof validationRules, ValidationCase>> = {
  'attribute-values': {
    breaks: model({
      inputs: { x: [2, 3] },
      outputs: { y: [3, 2] },
      nodes: [node('y', 'Transpose', ['x'], { perm: [1, 1] })],
    }),
    keeps: model({
      inputs: { x: [2, 3] },
      outputs: { y: [3, 2] },
      nodes: [node('y', 'Transpose', ['x'], { perm: [1, 0] })],
    }),
  },
  attributes: {
    breaks: model({ nodes: [node('y', 'LeakyRelu', ['x'], { alpha: 1 })] }),
    keeps: model({ nodes: [node('y', 'LeakyRelu', ['x'], { alpha: { kind: 'float', value: 1 } })] }),
  },
  'element-types': {
    breaks: model({ inputs: { x: ['bool', [2]] }, outputs: { y: ['bool', [2]] }, nodes: [relu] }),
    keeps: model({ inputs: { x: ['int32', [2]] }, outputs: { y: ['int32', [2]] }, nodes: [relu] }),
  },
  functions: { breaks: withFunction('Half'), keeps: withFunction('Sqrt') },
  'inputs-and-outputs': {
    breaks: graphOf({ inputs: { x: [2] }, outputs: ['y'], nodes: [relu] }),
    keeps: plain,
  },
  'ir-version': {
    breaks: fileOf(plain, model => {
      model.irVersion = 0n
    }),
    keeps: plain,
    options: { loaded: true },
  },
  'known-operators': {
    breaks: model({ nodes: [node('y', 'Gelu', ['x'])], opset: 19 }),
    keeps: model({ nodes: [node('y', 'Gelu', ['x'])], opset: 20 }),
  },
  names: { breaks: { ...plain, name: '' }, keeps: plain },
  'node-arity': {
    breaks: model({ nodes: [node('y', 'Relu', ['x', 'x'])] }),
    keeps: plain,
  },
  'operator-sets': {
    breaks: { ...plain, opsets: new Map() },
    keeps: plain,
  },
  'quantization-axis': {
    breaks: quantized({
      x: [2, 3],
      scale: floats([3], [1, 1, 1]),
      zeroPoint: tensorOf('uint8', [3], [0, 0, 0]),
      axis: 0,
    }),
    keeps: quantized({
      x: [2, 3],
      scale: floats([3], [1, 1, 1]),
      zeroPoint: tensorOf('uint8', [3], [0, 0, 0]),
      axis: 1,
    }),
  },
  'quantization-bias-scale': { breaks: layer({ biasScale: 0.5 }), keeps: layer({ biasScale: 0.25 }) },
  'quantization-scale': { breaks: quantized({ scale: floats([], [0]) }), keeps: quantized({}) },
  'quantization-zero-point': {
    breaks: quantized({ zeroPoint: tensorOf('uint8', [1], [128]) }),
    keeps: quantized({}),
  },
  'shape-inference': {
    breaks: model({ nodes: [node('y', 'Add', ['x', 'w'])], initializers: { w: floats([3], [1, 2, 3]) } }),
    keeps: model({ nodes: [node('y', 'Add', ['x', 'w'])], initializers: { w: floats([2], [1, 2]) } }),
  },
  'single-assignment': { breaks: branches(node('a', 'Relu', ['x'])), keeps: branches(node('t', 'Relu', ['x'])) },
  'stated-types': {
    breaks: model({ nodes: [relu], outputs: { y: [3] } }),
    keeps: model({ nodes: [relu], outputs: { y: ['N'] } }),
  },
  'target-bias': {
    breaks: layer({ dataType: 'int8' }),
    keeps: layer({ dataType: 'int8', bias: false }),
    options: { target: tensorrt },
  },
  'target-operators': {
    breaks: model({ nodes: [node('y', 'Erf', ['x'])] }),
    keeps: plain,
    options: { target: xnnpack },
  },
  'target-opset': {
    breaks: model({ nodes: [relu], opset: 26 }),
    keeps: plain,
    options: { target: tensorrt },
  },
  'target-quantized-types': {
    breaks: quantized({}),
    keeps: quantized({ zeroPoint: tensorOf('int8', [], [3]) }),
    options: { target: xnnpack },
  },
  'target-weight-bits': {
    breaks: layer({ weight: 65 }),
    keeps: layer({ weight: 64 }),
    options: { target: onnxruntimeNode },
  },
  'target-zero-points': {
    breaks: quantized({ zeroPoint: tensorOf('int8', [], [3]) }),
    keeps: quantized({ zeroPoint: tensorOf('int8', [], [0]) }),
    options: { target: tensorrt },
  },
  'tensor-size': { breaks: added(damaged(3)), keeps: added(damaged(2)) },
  'topological-order': {
    breaks: model({ nodes: [node('y', 'Relu', ['a']), node('a', 'Neg', ['x'])] }),
    keeps: model({ nodes: [node('a', 'Neg', ['x']), node('y', 'Relu', ['a'])] }),
  },
}
