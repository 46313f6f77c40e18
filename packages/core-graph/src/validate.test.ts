import { readFileSync } from 'node:fs'
import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { ModelProtoSchema } from 'onnx-buf'
import { InferenceSession } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { createBuilder, type Value } from './builder.ts'
import { dataTypeCode } from './data-type.ts'
import { ModelError } from './errors.ts'
import type { Graph } from './graph.ts'
import { loadModel } from './load.ts'
import { operators } from './operators/registry.ts'
import { saveModel } from './save.ts'
import { onnxruntimeNode } from './targets/onnxruntime-node.ts'
import { onnxruntimeWeb } from './targets/onnxruntime-web.ts'
import { tensorrt } from './targets/tensorrt.ts'
import { tensorOf } from './tensor.ts'
import { floats, graphOf, node, valueInfo } from './testing/graph-of.ts'
import { operatorCases } from './testing/operator-cases.ts'
import { validationCases } from './testing/validation-cases.ts'
import { assertValid, validate } from './validate.ts'
import type { ValidationRule } from './validation/rule.ts'
import { validationRules } from './validation-rules/registry.ts'

const opens = async (graph: Graph) => {
  const session = await InferenceSession.create(saveModel(graph).model, { logSeverityLevel: 4 })
  await session.release()
}

const rules: readonly ValidationRule[] = Object.values(validationRules)

describe.for(rules)('$id', ({ id, severity }) => {
  const { breaks, keeps, options } = validationCases[id as keyof typeof validationRules]

  test('a graph that breaks it is told, with what to do', () => {
    const findings = validate(breaks, options).filter(({ rule }) => rule === id)
    expect(findings).toMatchObject([
      { severity, message: expect.stringMatching(/\.$/), hint: expect.stringMatching(/\.$/) },
    ])
  })

  test('a graph that keeps it breaks no other, and onnxruntime opens it', async () => {
    expect(validate(keeps, options)).toEqual([])
    await opens(keeps)
  })
})

test.for(rules)('$id is named after its file and documented', ({ id, severity, demands }) => {
  const docs = readFileSync(new URL('../../../docs/validation.md', import.meta.url), 'utf8')
  expect(Object.hasOwn(validationRules, id)).toBe(true)
  expect(docs).toContain(`| \`${id}\` | ${severity} | ${demands} |`)
})

test.each(Object.getOwnPropertyNames(Object.prototype))('an attribute may be named %s', name => {
  const graph = graphOf({ inputs: { x: [2] }, nodes: [node('y', 'Relu', ['x'], { [name]: 'text' })], outputs: ['y'] })
  expect(validate(graph).map(({ rule }) => rule)).not.toContain('attribute-values')
})

test('weights of 8 bits are told beside int8 activations too', () => {
  const { breaks, options } = validationCases['target-weight-bits']
  const initializers = new Map(breaks.initializers).set('zeroPoint', tensorOf('int8', [], [0]))
  expect(validate({ ...breaks, initializers }, options).map(({ rule }) => rule)).toEqual(['target-weight-bits'])
})

test('operators that multiply integers: weights of 8 bits are told, and targets that do not run them', () => {
  const graph = (weight: number) => ({
    ...graphOf({
      inputs: { x: ['uint8', [1, 2]] },
      initializers: { w: tensorOf('int8', [2, 1], [weight, 1]) },
      outputs: [],
      nodes: [node('y', 'MatMulInteger', ['x', 'w'])],
    }),
    outputs: [valueInfo('y', ['int32', [1, 1]])],
  })
  const { options } = validationCases['target-weight-bits']
  expect(validate(graph(65), options).map(({ rule, value }) => [rule, value])).toEqual([['target-weight-bits', 'w']])
  expect(validate(graph(64), options)).toEqual([])
  expect(validate(graph(64), { target: tensorrt }).map(({ rule }) => rule)).toEqual(['target-operators'])
})

test('operators of a domain that the target does not know are told', () => {
  const graph = {
    ...graphOf({
      inputs: { x: ['float32', [2]] },
      outputs: [],
      nodes: [{ ...node('y', 'QuickGelu', ['x']), domain: 'com.microsoft' }],
    }),
    outputs: [valueInfo('y', ['float32', [2]])],
    opsets: new Map([
      ['', 21],
      ['com.microsoft', 1],
    ]),
  }
  expect(validate(graph, { target: onnxruntimeNode })).toEqual([])
  expect(validate(graph, { target: tensorrt }).map(({ rule }) => rule)).toEqual(['target-operators'])
})

const quantizedTypes = [...onnxruntimeNode.quantizedTypes.filter(type => type !== 'int32'), 'float4e2m1'] as const
test.for(quantizedTypes)('onnxruntime takes %s where its target says so', async type => {
  const graph = graphOf({
    opset: 25,
    inputs: { x: [1] },
    initializers: { scale: floats([], [1]) },
    outputs: ['y'],
    nodes: [
      node('q', 'QuantizeLinear', ['x', 'scale'], { output_dtype: dataTypeCode(type) }),
      node('y', 'DequantizeLinear', ['q', 'scale']),
    ],
  })
  const isTaken = await opens(graph).then(
    () => true,
    () => false,
  )
  expect(isTaken).toBe(onnxruntimeNode.quantizedTypes.includes(type))
  expect(onnxruntimeWeb.quantizedTypes).toEqual(onnxruntimeNode.quantizedTypes)
})

describe('valid models', () => {
  test.for(Object.keys(operators) as (keyof typeof operators)[])('of %s, which onnxruntime runs, break no rule', op => {
    const b = createBuilder('case')
    const values = operatorCases[op]({
      b,
      batch: 2,
      input: (sizes, dataType = 'float32') => b.input('x', dataType, [2, ...sizes]),
      ones: (...dims) => b.constant('float32', dims, new Float32Array(dims.reduce((x, y) => x * y, 1)).fill(1)),
    })
    for (const value of [values].flat() as Value[]) b.output(value)
    expect(validate(b.build())).toEqual([])
  })
})

describe('a file', () => {
  const message = () =>
    fromBinary(
      ModelProtoSchema,
      saveModel({
        ...graphOf({
          inputs: { x: [2] },
          outputs: [],
          nodes: [node('a', 'Neg', ['x']), node('b', 'Exp', ['a'])],
        }),
        outputs: [valueInfo('b', [2])],
      }).model,
    )

  test('is judged as it is; what would be saved of it has its nodes in order', () => {
    const model = message()
    model.graph?.node.reverse()
    const graph = loadModel(toBinary(ModelProtoSchema, model))
    expect(validate(graph, { loaded: true }).map(({ rule }) => rule)).toEqual(['topological-order'])
    expect(validate(graph)).toEqual([])
  })

  test('keeps the operator set that it was written against: Squeeze took its axes as an attribute until 12', () => {
    const squeeze = (opset: number) => ({
      ...graphOf({
        opset,
        inputs: { x: [2, 1] },
        outputs: [],
        nodes: [node('y', 'Squeeze', ['x'], { axes: [1] })],
      }),
      outputs: [valueInfo('y', [2])],
    })
    expect(validate(squeeze(11)).filter(({ severity }) => severity === 'error')).toEqual([])
    expect(validate(squeeze(13)).map(({ rule }) => rule)).toContain('attributes')
  })

  test('has its bodies and functions judged too', () => {
    const model = message()
    const [first] = model.graph?.node ?? []
    if (first) first.opType = 'Nag'
    expect(validate(loadModel(toBinary(ModelProtoSchema, model)), { loaded: true })).toMatchObject([
      { rule: 'known-operators', node: { name: 'Neg:a', op: 'Nag' } },
    ])
  })
})

describe('assertValid', () => {
  const broken = (scale: number) => ({
    ...graphOf({
      inputs: { x: [2] },
      initializers: { scale: floats([], [scale]), zeroPoint: tensorOf('int8', [], [0]) },
      outputs: [],
      nodes: [node('q', 'QuantizeLinear', ['x', 'scale', 'zeroPoint']), node('y', 'DequantizeLinear', ['q', 'scale'])],
    }),
    outputs: [valueInfo('y', [2])],
  })

  test('throws the number of errors and the first of them', () => {
    let thrown: unknown
    try {
      assertValid(broken(-1))
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(ModelError)
    expect(thrown).toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringMatching(
        /^The model has 2 error\(s\) against ONNX: .*scale -1 at index 0 of scale.*quantization-scale/,
      ),
      node: { op: 'QuantizeLinear' },
    })
  })

  test('passes what is valid, and what the file had broken already', () => {
    expect(() => assertValid(broken(1))).not.toThrow()
    const loaded = loadModel(saveModel(broken(0)).model)
    expect(() => assertValid({ ...loaded, initializers: broken(-1).initializers })).not.toThrow()
    expect(() => assertValid({ ...loaded, name: '' })).toThrow('The graph has no name. (names)')
  })
})
