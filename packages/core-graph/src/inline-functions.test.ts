import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import {
  type FunctionProtoSchema,
  AttributeProto_AttributeType as Kind,
  ModelProtoSchema,
  type NodeProtoSchema,
  TensorProto_DataType as Type,
} from 'onnx-buf'
import { describe, expect, it } from 'vitest'
import { ModelError } from './errors.ts'
import type { Graph } from './graph.ts'
import { inlineFunctions } from './inline-functions.ts'
import { loadModel } from './load.ts'
import { saveModel } from './save.ts'
import { expectSameOutputs, randomFeeds } from './testing/expect-same-outputs.ts'
import { textOf } from './testing/graph-of.ts'
import { upgradeOpset } from './upgrade-opset.ts'

type NodeInit = MessageInitShape<typeof NodeProtoSchema>
type FunctionInit = MessageInitShape<typeof FunctionProtoSchema>

const call = (output: string, opType: string, input: readonly string[], more: object = {}): NodeInit => ({
  opType,
  input: [...input],
  output: output.split(' '),
  ...(/^[a-z]/.test(opType) ? { domain: 'mine', name: `to-${output.split(' ')[0]}` } : {}),
  ...more,
})
const float = (name: string, f: number) => ({ name, type: Kind.FLOAT, f })
/** An attribute `name` that is the function's attribute `refAttrName`. */
const ref = (name: string, refAttrName: string, type = Kind.FLOAT) => ({ name, type, refAttrName })
const value = (name: string) => ({
  name,
  type: {
    value: {
      case: 'tensorType' as const,
      value: { elemType: Type.FLOAT, shape: { dim: [{ value: { case: 'dimValue' as const, value: 3n } }] } },
    },
  },
})

const define = (
  name: string,
  input: readonly string[],
  output: readonly string[],
  node: readonly NodeInit[],
  more: FunctionInit = {},
): FunctionInit => ({
  name,
  domain: 'mine',
  input: [...input],
  output: [...output],
  node: [...node],
  opsetImport: [
    { domain: '', version: 17n },
    { domain: 'mine', version: 1n },
  ],
  ...more,
})

function modelOf(functions: readonly FunctionInit[], node: readonly NodeInit[], outputs = ['y'], opset = 17n): Graph {
  const proto = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [
      { domain: '', version: opset },
      { domain: 'mine', version: 1n },
    ],
    functions: [...functions],
    graph: { name: 'g', input: [value('x')], output: outputs.map(value), node: [...node] },
  })
  return loadModel(toBinary(ModelProtoSchema, proto))
}

/** The inlined graph, which onnxruntime computes the same from as from the model with functions. */
async function expectInlined(graph: Graph, nodes: readonly string[]): Promise<void> {
  const { graph: inlined } = inlineFunctions(graph)
  expect(textOf(inlined)).toEqual(nodes)
  expect(inlined.functions).toEqual([])
  expect([...inlined.opsets.keys()]).toEqual([''])
  expect(new Set(inlined.nodes.map(node => node.name)).size).toBe(inlined.nodes.length)
  const feeds = randomFeeds(graph)
  await expectSameOutputs(graph, inlined, { feeds })
  await expectSameOutputs(graph, upgradeOpset(graph), { feeds, tolerance: 1e-6 })
}

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof ModelError) return error.code
    throw error
  }
  return 'none'
}

const scale = define('scale', ['a'], ['b'], [call('b', 'LeakyRelu', ['a'], { attribute: [ref('alpha', 'slope')] })], {
  attributeProto: [float('slope', 0.5)],
})

describe('inlining', () => {
  it('resolves attributes by the call, then by the default of the function, then by that of the operator', async () => {
    const plain = { ...scale, name: 'plain', attributeProto: [], attribute: ['slope'] }
    await expectInlined(
      modelOf(
        [scale, plain],
        [
          call('p', 'scale', ['x'], { attribute: [float('slope', 0.25)] }),
          call('q', 'scale', ['p']),
          call('y', 'plain', ['q']),
        ],
      ),
      ['p = LeakyRelu(x) {alpha=0.25}', 'q = LeakyRelu(p) {alpha=0.5}', 'y = LeakyRelu(q)'],
    )
  })

  it('gives inner values new names at every call, also where the model has them already', async () => {
    const twice = define('twice', ['x'], ['r'], [call('t', 'Neg', ['x']), call('r', 'Add', ['t', 'x'])])
    await expectInlined(modelOf([twice], [call('to-y/t', 'twice', ['x']), call('y', 'twice', ['to-y/t'])]), [
      'to-to-y/t/t = Neg(x)',
      'to-y/t = Add(to-to-y/t/t, x)',
      'to-y/t_1 = Neg(to-y/t)',
      'y = Add(to-y/t_1, to-y/t)',
    ])
  })

  it('inlines calls in functions, handing attributes on', async () => {
    const outer = define(
      'outer',
      ['a'],
      ['c'],
      [
        call('b', 'scale', ['a'], { attribute: [ref('slope', 'own')] }),
        call('c', 'scale', ['b'], { attribute: [ref('slope', 'absent')] }),
      ],
      { attribute: ['own', 'absent'] },
    )
    await expectInlined(modelOf([scale, outer], [call('y', 'outer', ['x'], { attribute: [float('own', 0.125)] })]), [
      'to-y/b = LeakyRelu(x) {alpha=0.125}',
      'y = LeakyRelu(to-y/b) {alpha=0.5}',
    ])
  })

  it('takes inputs and outputs by position: inputs and outputs left out', async () => {
    const clip = define(
      'clip',
      ['a', 'low', 'high'],
      ['b', 'unread'],
      [call('b', 'Clip', ['a', 'low', 'high']), call('unread', 'Neg', ['a'])],
    )
    const zero = call('zero', 'Constant', [], { attribute: [float('value_float', 0)] })
    await expectInlined(modelOf([clip], [zero, call('y ', 'clip', ['x', 'zero'])]), [
      'zero = Constant() {value_float=0}',
      'y = Clip(x, zero, )',
      'to-y/unread = Neg(x)',
    ])
  })

  it('copies an input that is handed through, and a value that is handed out twice', () => {
    // onnxruntime refuses such functions.
    const handing = define('handing', ['a'], ['b', 'a', 'b'], [call('b', 'Neg', ['a'])])
    const { graph } = inlineFunctions(modelOf([handing], [call('y z w', 'handing', ['x'])], ['y', 'z', 'w']))
    expect(textOf(graph)).toEqual(['y = Neg(x)', 'z = Identity(x)', 'w = Identity(y)'])
  })

  it('renames in bodies, whose values may be called what the input is called here', async () => {
    const branch = (name: string, node: readonly NodeInit[]) => ({
      name,
      type: Kind.GRAPH,
      g: { name, node: [...node], output: [value('x')] },
    })
    const choose = define(
      'choose',
      ['a'],
      ['r'],
      [
        call('sum', 'ReduceSum', ['a'], { attribute: [{ name: 'keepdims', type: Kind.INT, i: 0n }] }),
        call('zero', 'Constant', [], { attribute: [float('value_float', 0)] }),
        call('yes', 'Greater', ['sum', 'zero']),
        call('r', 'If', ['yes'], {
          attribute: [
            branch('then_branch', [call('x', 'scale', ['a'])]),
            branch('else_branch', [call('x', 'LeakyRelu', ['a'], { attribute: [ref('alpha', 'slope')] })]),
          ],
        }),
      ],
      { attribute: ['slope'] },
    )
    await expectInlined(modelOf([scale, choose], [call('y', 'choose', ['x'], { attribute: [float('slope', 0.75)] })]), [
      'to-y/sum = ReduceSum(x) {keepdims=0}',
      'to-y/zero = Constant() {value_float=0}',
      'to-y/yes = Greater(to-y/sum, to-y/zero)',
      'y = If(to-y/yes) {then_branch=[to-y/x = LeakyRelu(x) {alpha=0.5}] else_branch=[to-y/x_1 = LeakyRelu(x) {alpha=0.75}]}',
    ])
  })

  it('tells overloads apart, and takes over operator sets that only a function imports', () => {
    const other = define('scale', ['a'], ['b'], [call('b', 'Foreign', ['a'], { domain: 'theirs' })], {
      overload: 'b',
      opsetImport: [{ domain: 'theirs', version: 4n }],
    })
    const { graph } = inlineFunctions(
      modelOf([scale, other], [call('t', 'scale', ['x']), call('y', 'scale', ['t'], { overload: 'b' })]),
    )
    expect(textOf(graph)).toEqual(['t = LeakyRelu(x) {alpha=0.5}', 'y = Foreign(t)'])
    expect([...graph.opsets]).toEqual([
      ['', 17],
      ['theirs', 4],
    ])
  })

  it('keeps what is beside the nodes: the saved model has their doc strings and new names', () => {
    const documented = define('f', ['a'], ['b'], [call('b', 'Neg', ['a'], { docString: 'why', name: 'inner' })])
    const { graph } = inlineFunctions(modelOf([documented], [call('y', 'f', ['x'])]))
    const [node] = loadModel(saveModel(graph).model).nodes
    expect(node?.source).toMatchObject({ docString: 'why', name: 'to-y/inner' })
  })

  it('is done by an upgrade of the operator set, and where none is needed', () => {
    const newer = define('f', ['a'], ['b'], [call('b', 'Neg', ['a'])], { opsetImport: [{ domain: '', version: 22n }] })
    const graph = modelOf([newer], [call('y', 'f', ['x'])], ['y'], 22n)
    expect(textOf(upgradeOpset(graph))).toEqual(['y = Neg(x)'])
  })

  it('leaves a model without functions as it is', () => {
    const graph = modelOf([], [call('y', 'Neg', ['x'])])
    expect(inlineFunctions(graph)).toEqual({ graph, changed: 0 })
  })
})

describe('what is no function is refused', () => {
  it('one that calls itself', () => {
    const endless = define('f', ['a'], ['b'], [call('c', 'g', ['a']), call('b', 'Neg', ['c'])])
    const back = define('g', ['a'], ['b'], [call('b', 'f', ['a'])])
    const graph = modelOf([endless, back], [call('y', 'f', ['x'])])
    expect(codeOf(() => inlineFunctions(graph))).toBe('MODEL_FUNCTION')
  })

  it('a thousand in one another, and a kilobyte that asks for 10¹² nodes', () => {
    const chain = Array.from({ length: 1000 }, (_, index) =>
      define(`f${index}`, ['a'], ['b'], [call('b', index === 999 ? 'Neg' : `f${index + 1}`, ['a'])]),
    )
    expect(codeOf(() => inlineFunctions(modelOf(chain, [call('y', 'f0', ['x'])])))).toBe('MODEL_FUNCTION')
    const wide = Array.from({ length: 12 }, (_, level) =>
      define(
        `f${level}`,
        ['v0'],
        ['v10'],
        Array.from({ length: 10 }, (_, index) =>
          call(`v${index + 1}`, level === 11 ? 'Neg' : `f${level + 1}`, [`v${index}`]),
        ),
      ),
    )
    expect(codeOf(() => inlineFunctions(modelOf(wide, [call('y', 'f0', ['x'])])))).toBe('MODEL_FUNCTION')
  })

  it('a call that wants more outputs than there are, which nothing would make', () => {
    const graph = modelOf([define('f', ['a'], [], [call('b', 'Neg', ['a'])])], [call('y', 'f', ['x'])])
    expect(() => inlineFunctions(graph)).toThrow(
      expect.objectContaining({
        code: 'MODEL_FUNCTION',
        message: 'The function mine.f, called by node to-y, has 1 inputs and 0 outputs, not 1 and 1.',
      }),
    )
  })

  it('one of another operator set, in which its operator meant something else', () => {
    const old = (opType: string) =>
      define('f', ['a'], ['b'], [call('b', opType, ['a'])], { opsetImport: [{ domain: '', version: 12n }] })
    expect(codeOf(() => inlineFunctions(modelOf([old('Softmax')], [call('y', 'f', ['x'])])))).toBe('MODEL_FUNCTION')
    expect(codeOf(() => inlineFunctions(modelOf([old('Relu')], [call('y', 'f', ['x'])])))).toBe('none')
  })
})

it('leaves a model an operator set, though nothing is left that needs one', () => {
  const graph = modelOf([define('twice', [], [], [])], [], ['x'])
  const { graph: inlined } = inlineFunctions({ ...graph, opsets: new Map([['mine', 1]]) })
  expect(loadModel(saveModel(inlined).model).opsets).toEqual(new Map([['mine', 1]]))
})
