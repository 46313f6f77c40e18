import { create } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { AttributeProtoSchema } from 'onnx-buf'
import { describe, expect, test } from 'vitest'
import { createBuilder, type GraphBuilder, type Value } from './builder.ts'
import { ModelError } from './errors.ts'
import type { Attribute, Dimension, Graph, Node, Shape } from './graph.ts'
import { inferOutputs, inferTypes } from './infer.ts'
import { withInputShapes } from './input-shapes.ts'
import type { AnyOperator, Inferred } from './operator.ts'
import { operators } from './operators/registry.ts'
import { foldConstants } from './passes/fold-constants.ts'
import { tensorElements } from './tensor.ts'
import { expectSameOutputs, randomFeeds } from './testing/expect-same-outputs.ts'
import { graphOf, ints, node } from './testing/graph-of.ts'
import { runInOnnxruntime } from './testing/run-in-onnxruntime.ts'

/** How exporters compute shapes while the model runs, from x:[N,3,4,5]; what inference says of the result. */
const computedShapes: Readonly<Record<string, { build: (b: GraphBuilder, x: Value) => Value; said: Shape }>> = {
  'the first sizes by Slice, the rest by −1': {
    build: (b, x) => b.Reshape(x, b.Concat([b.Slice(b.Shape(x), b.ints(0), b.ints(2)), b.ints(-1)], { axis: 0 })),
    said: ['N', 3, 20],
  },
  'one size by Gather': {
    build: (b, x) => {
      const batch = b.Gather(b.Shape(x), b.constant('int64', [], [0]))
      return b.Reshape(x, b.Concat([b.Unsqueeze(batch, b.ints(0)), b.ints(-1)], { axis: 0 }))
    },
    said: ['N', 60],
  },
  'one size by Split, after a detour through int32': {
    build: (b, x) => {
      const [batch = x] = b.Split(b.Cast(b.Shape(x), { to: 6 }), { num_outputs: 4 })
      return b.Reshape(x, b.Concat([b.Cast(batch, { to: 7 }), b.ints(-1, 5)], { axis: 0 }))
    },
    said: ['N', 12, 5],
  },
  'expanding, where −1 keeps a size': {
    build: (b, x) => {
      const wanted = b.Concat([b.Slice(b.Shape(x), b.ints(0), b.ints(1)), b.ints(3, -1, 5)], { axis: 0 })
      const one = b.constant('int64', [1], [1]).constant
      const ones = b.ConstantOfShape(b.ints(4), { value: one })
      return b.Expand(b.ReduceMax(x), b.Where(b.Equal(wanted, b.ints(-1)), ones, wanted))
    },
    said: ['N', 3, 1, 5],
  },
  'a number for each sample': {
    build: (b, x) => {
      const batch = b.Gather(b.Shape(x), b.constant('int64', [], [0]))
      return b.Range(b.constant('int64', [], [0]), batch, b.constant('int64', [], [1]))
    },
    said: ['N'],
  },
  'zeros for each sample': {
    build: (b, x) => b.ConstantOfShape(b.Concat([b.Shape(x, { end: 1 }), b.ints(7)], { axis: 0 })),
    said: ['N', 7],
  },
  'zeros in Reshape copy': { build: (b, x) => b.Reshape(x, b.ints(0, -1, 4, 5)), said: ['N', 3, 4, 5] },
  'a slice to the end': {
    build: (b, x) => b.Slice(x, b.ints(0, 1), b.ints(2 ** 31 - 1, 2 ** 31 - 1), b.ints(0, 2)),
    said: ['N', 3, 3, 5],
  },
  'doubled, which no symbol says': {
    build: (b, x) => b.Tile(x, b.ints(2, 1, 1, 1)),
    said: [null, 3, 4, 5],
  },
  'an index that is computed from the batch': {
    build: (b, x) => b.ConstantOfShape(b.Gather(b.Shape(x), b.Sub(b.Shape(x, { end: 1 }), b.ints(1)))),
    said: [null],
  },
}

const withBatch = (build: (b: GraphBuilder, x: Value) => Value, batch: Dimension): Graph => {
  const b = createBuilder('computed')
  b.output(b.named(build(b, b.input('x', 'float32', [batch, 3, 4, 5])), 'y'))
  return b.build()
}

describe.for(Object.entries(computedShapes))('a shape that is computed: %s', ([, { build, said }]) => {
  test('is followed as far as it is known', () => {
    expect(inferTypes(withBatch(build, 'N')).values.get('y')?.shape).toEqual(said)
  })

  test('is the one that onnxruntime makes', async () => {
    const graph = withBatch(build, 2)
    const { y } = await runInOnnxruntime(graph, randomFeeds(graph))
    const observed = y?.dims
    for (const [axis, size] of said.entries())
      if (size !== null) expect([axis, observed?.[axis]]).toEqual([axis, size === 'N' ? 2 : size])
    expect(observed).toEqual(inferTypes(graph).values.get('y')?.shape)
  })
})

test('a window that leaves sizes as they are leaves their symbols', () => {
  const b = createBuilder('net')
  const x = b.input('x', 'float32', ['N', 1, 'H', 'W'])
  const kernel = b.constant('float32', [1, 1, 3, 3], new Float32Array(9))
  expect(b.Conv(x, kernel, { pads: [1, 1, 1, 1] }).shape).toEqual(['N', 1, 'H', 'W'])
  expect(b.Conv(x, kernel, { auto_pad: 'SAME_UPPER' }).shape).toEqual(['N', 1, 'H', 'W'])
  expect(b.Conv(x, kernel, { pads: [1, 1, 1, 1], strides: [2, 1] }).shape).toEqual(['N', 1, null, 'W'])
  expect(b.MaxPool(x, { kernel_shape: [2, 1] }).shape).toEqual(['N', 1, null, 'W'])
})

/** Values that follow from shapes and must be folded as the runtime would compute them. */
const folded: Readonly<Record<string, (b: GraphBuilder, sizes: Value) => Value>> = {
  'a ratio of sizes is no whole number': (b, sizes) => {
    const floats = b.Cast(sizes, { to: 1 })
    return b.Div(b.Gather(floats, b.ints(1)), b.Gather(floats, b.ints(2)))
  },
  'a whole ratio is rounded towards zero': (b, sizes) => b.Div(b.Sub(sizes, b.ints(9, 9, 9)), b.ints(2, 2, 2)),
  'a size is true as a boolean': (b, sizes) => b.Cast(b.Cast(sizes, { to: 9 }), { to: 7 }),
  'a size wraps in a small integer': (b, sizes) =>
    b.Cast(b.Cast(b.Mul(sizes, b.ints(100, 100, 100)), { to: 3 }), { to: 7 }),
  'a size wraps in int32': (b, sizes) =>
    b.Cast(b.Cast(b.Mul(sizes, b.ints(2 ** 31, 2 ** 31, 2 ** 31)), { to: 6 }), { to: 7 }),
  'a choice between sizes': (b, sizes) => b.Where(b.Equal(sizes, b.ints(2, 9, 4)), b.ints(7, 7, 7), sizes),
  'sizes from the back': (b, sizes) => b.Slice(sizes, b.ints(-1), b.ints(-100), b.ints(0), b.ints(-2)),
}

test.for(Object.entries(folded))('folding keeps the value: %s', async ([, build]) => {
  const b = createBuilder('folded')
  const x = b.input('x', 'float32', [2, 3, 4])
  const value = build(b, b.Shape(x))
  b.output(b.Add(b.ReduceMax(x, undefined, { keepdims: 0 }), b.Cast(value, { to: 1 })))
  const graph = b.build()
  const { graph: after, changed } = foldConstants.run(graph)
  expect(changed).toBeGreaterThan(1)
  await expectSameOutputs(graph, after)
})

test('an output that a rule does not tell is named, and the file is believed', () => {
  const b = createBuilder('net')
  b.output(b.Relu(b.input('x', 'float32', [2])))
  const graph = b.build()
  const strings: Attribute = { kind: 'strings', value: ['a'] }
  const node: Node = {
    name: 'words',
    op: 'Constant',
    domain: '',
    inputs: [],
    outputs: ['w'],
    attributes: { value_strings: strings },
  }
  const stated = new Map([['w', { name: 'w', type: { dataType: 'string' as const, shape: [1] } }]])
  const { unknown, values } = inferTypes({ ...graph, nodes: [...graph.nodes, node], valueInfo: stated })
  expect(unknown).toEqual([{ node, reason: 'the type of its output w does not follow from its inputs' }])
  expect(values.get('w')).toEqual({ dataType: 'string', shape: [1] })
})

/** A graph with y = If(cond), whose branches read x:[2,3] and make z. */
const choiceOf = (then: Node, other: Node) => {
  const branch = (made: Node) => ({
    kind: 'graph' as const,
    value: graphOf({ initializers: { five: ints(5), six: ints(6) }, nodes: [made], outputs: ['z'] }),
  })
  const choose = node('y', 'If', ['cond'], { then_branch: branch(then), else_branch: branch(other) })
  return graphOf({ inputs: { x: [2, 3], cond: ['bool', []] }, nodes: [choose], outputs: ['y'] })
}

describe('of an If', () => {
  const same = node('z', 'Relu', ['x'])

  test.for<[Node, unknown]>([
    [node('z', 'Neg', ['x']), { dataType: 'float32', shape: [2, 3] }],
    [node('z', 'Concat', ['x', 'x'], { axis: 0 }), { dataType: 'float32', shape: [null, 3] }],
    [node('z', 'Reshape', ['x', 'six']), { dataType: 'float32', shape: undefined }],
    [node('z', 'Cast', ['x'], { to: 7 }), undefined],
  ])('what both branches say is known: %o', ([other, said]) => {
    expect(inferTypes(choiceOf(same, other)).values.get('y')).toEqual(said)
  })

  test('a branch that cannot be taken stops nothing', () => {
    const graph = choiceOf(same, node('z', 'Reshape', ['x', 'five']))
    expect(inferTypes(graph).unknown).toEqual([
      { node: graph.nodes[0], reason: 'the type of its output y does not follow from its inputs' },
    ])
  })
})

test('what a Loop makes larger at every turn has no known size', () => {
  const b = createBuilder('net')
  const body = createBuilder('body')
  body.input('i', 'int64', [])
  const more = body.input('more', 'bool', [])
  const [x, y] = [body.input('a', 'float32', [1, 3]), body.input('b', 'float32', [1, 3])]
  for (const value of [body.Identity(more), body.Concat([x, x], { axis: 0 }), body.Relu(y), body.Relu(x)])
    body.output(value)
  const results = b.Loop(
    b.input('count', 'int64', []),
    undefined,
    [b.input('x', 'float32', [1, 3]), b.input('y', 'float32', [1, 3])],
    { body: body.build() },
  )
  expect(results.map(({ shape }) => shape)).toEqual([
    [null, 3],
    [1, 3],
    [null, null, 3],
  ])
})

test('whole numbers beyond 2^53 in a Constant are exact', () => {
  const source = create(AttributeProtoSchema, { name: 'value_int', i: 2n ** 62n + 1n })
  const value = { kind: 'int', value: Number(source.i), source } as const
  const graph = graphOf({ nodes: [node('y', 'Constant', [], { value_int: value })], outputs: ['y'] })
  const constant = inferTypes(graph).values.get('y')?.constant
  expect(constant && [...tensorElements(constant)]).toEqual([2n ** 62n + 1n])
})

test('operator set 23 lets DequantizeLinear make another type than its scale', () => {
  const graph = graphOf({
    opset: 23,
    inputs: { x: ['uint8', [3]], s: [] },
    nodes: [node('y', 'DequantizeLinear', ['x', 's'], { output_dtype: 10 })],
    outputs: ['y'],
  })
  expect(inferTypes(graph).values.get('y')).toEqual({ dataType: 'float16', shape: [3] })
})

/** Any tensor, fitting or not. */
const anyInput: fc.Arbitrary<Inferred> = fc.oneof(
  fc.record({
    dataType: fc.constantFrom('float32' as const, 'uint8' as const, 'int64' as const),
    shape: fc.option(fc.array(fc.constantFrom<Dimension[]>(0, 1, 2, 3, 4, 7, 'N', 'H', null), { maxLength: 5 }), {
      nil: undefined,
    }),
  }),
  fc
    .array(fc.constantFrom<Dimension[]>(0, 1, -1, 2, 3, -2, 100, 'N', null, 2 ** 53, -(2 ** 53)), { maxLength: 4 })
    .map(elements => ({ dataType: 'int64' as const, shape: [elements.length], elements })),
)

/** An attribute of the right kind, with any value. */
function anyAttribute(kind: Attribute['kind']): fc.Arbitrary<Attribute | undefined> {
  const ints = fc.constantFrom(0, 1, 2, 3, 7, -1, -3)
  if (kind === 'int') return ints.map(value => ({ kind, value }))
  if (kind === 'ints') return fc.array(ints, { maxLength: 4 }).map(value => ({ kind, value }))
  if (kind === 'string')
    return fc.constantFrom('NOTSET', 'SAME_UPPER', 'VALID', 'ij,jk->ik', 'i->', '').map(value => ({ kind, value }))
  return fc.constant(undefined)
}

const isSize = (size: Dimension) => typeof size !== 'number' || (Number.isSafeInteger(size) && size >= 0)

test.for(Object.values(operators) as unknown as AnyOperator[])(
  'whatever a model asks of $op, the answer is a shape or a ModelError',
  operator => {
    const attributes = fc.record(
      Object.fromEntries(Object.entries(operator.attributes).map(([name, { kind }]) => [name, anyAttribute(kind)])),
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: operator.inputs.length + 2 }), attributes, (inputs, given) => {
        const present = Object.entries(given).filter((entry): entry is [string, Attribute] => entry[1] !== undefined)
        const node: Node = {
          name: 'node',
          op: operator.op,
          domain: operator.domain,
          inputs: inputs.map((_, index) => String(index)),
          outputs: ['y'],
          attributes: Object.fromEntries(present),
        }
        try {
          for (const output of inferOutputs(operator, node, name => inputs[Number(name)]))
            expect(output?.shape?.filter(size => !isSize(size)) ?? []).toEqual([])
        } catch (error) {
          if (!(error instanceof ModelError)) throw error
          expect(error).toMatchObject({ code: expect.stringMatching(/^MODEL_/), node: { name: 'node' } })
        }
      }),
      { numRuns: 200 },
    )
  },
)

test('a fixed input shape makes every computed shape known', () => {
  const { build } = computedShapes['one size by Gather'] ?? { build: (_, x) => x }
  const bound = withInputShapes(withBatch(build, 'N'), { x: [6, 3, 4, 5] })
  expect(inferTypes(bound).values.get('y')?.shape).toEqual([6, 60])
})

test('a slice of an axis too long for an array is counted, not made', () => {
  const b = createBuilder('long')
  const slice = b.Slice(b.input('x', 'float32', [2 ** 40]), b.ints(1), b.ints(-1), b.ints(0))
  expect(slice.shape).toEqual([2 ** 40 - 2])
})

test('a Split into more parts than it has outputs is an error, however many', () => {
  const split = node('a b', 'Split', ['x'], { num_outputs: 2 ** 31 - 1 })
  expect(() => inferTypes(graphOf({ inputs: { x: [4] }, nodes: [split], outputs: ['a', 'b'] }))).toThrow(
    expect.objectContaining({ code: 'MODEL_SHAPE', message: expect.stringContaining('with 2 outputs') }),
  )
})
