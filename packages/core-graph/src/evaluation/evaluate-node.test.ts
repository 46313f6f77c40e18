import { describe, expect, it } from 'vitest'
import type { evaluators } from '../evaluators/registry.ts'
import { type Tensor, tensorElements, tensorOf } from '../tensor.ts'
import { floats, graphOf, ints, node } from '../testing/graph-of.ts'
import { runInOnnxruntime } from '../testing/run-in-onnxruntime.ts'
import { evaluateNode } from './evaluate-node.ts'

type Attributes = NonNullable<Parameters<typeof node>[3]>
type Case = readonly [inputs: readonly (Tensor | undefined)[], attributes?: Attributes]

const int32 = (dims: readonly number[], data: readonly number[]) => tensorOf('int32', dims, data)
const bools = (dims: readonly number[], data: readonly number[]) => tensorOf('bool', dims, data)
const scalar = (value: number) => tensorOf('int64', [], [value])
const counted = (...dims: readonly number[]) =>
  floats(
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, index) => index / 3),
  )

const arithmetic: readonly Case[] = [
  [[floats([2, 3], [0.1, 0.2, 0.3, -4, 5, 1e30]), floats([3], [0.7, -0.1, 3])]],
  [[ints(7, -7, 9), ints(2, 2, -4)]],
  [[int32([2, 1], [2_000_000_000, -5]), int32([1, 2], [2_000_000_000, 3])]],
  [[floats([], [1]), floats([2, 1], [3, 7])]],
]

/** Inputs and attributes on which each evaluator must equal onnxruntime to the last bit. */
const cases: Readonly<Record<keyof typeof evaluators, readonly Case[]>> = {
  Add: arithmetic,
  Sub: arithmetic,
  Mul: arithmetic,
  Div: arithmetic,
  Neg: [[[floats([2], [1.5, -2])]], [[ints(3, -4)]], [[tensorOf('int8', [1], [-128])]]],
  Sqrt: [[[floats([4], [2, 0.1, 7e-9, 1e20])]], [[tensorOf('float64', [2], [2, 3])]]],
  Reciprocal: [[[floats([3], [3, -7, 0.1])]]],
  Floor: [[[floats([3], [1.5, -1.5, 2])]]],
  Ceil: [[[floats([3], [1.5, -1.5, 2])]]],
  Equal: [
    [[ints(1, 2), ints(1, 3)]],
    [[floats([2, 1], [0, 1]), floats([2], [-0, 1])]],
    [[bools([2], [1, 0]), bools([], [1])]],
  ],
  Where: [
    [[bools([2, 1], [1, 0]), floats([2], [1, 2]), floats([], [9])]],
    [[bools([2], [0, 1]), ints(1, 2), ints(3, 4)]],
  ],
  Identity: [[[counted(2, 2)]]],
  Cast: [
    [[floats([4], [1.9, -1.9, 0, 3e9])], { to: 7 }],
    [[floats([3], [0, 0.5, -0])], { to: 9 }],
    [[ints(300, -1, 2)], { to: 2 }],
    [[ints(1, 2)], { to: 1 }],
    [[bools([2], [1, 0])], { to: 6 }],
  ],
  Reshape: [[[counted(2, 3, 4), ints(0, -1)]], [[counted(2, 6), ints(3, 2, 2)]]],
  Flatten: [[[counted(2, 3, 4)]], [[counted(2, 3, 4)], { axis: 0 }], [[counted(2, 3, 4)], { axis: -1 }]],
  Squeeze: [[[counted(1, 3, 1)]], [[counted(1, 3, 1), ints(-1)]]],
  Unsqueeze: [[[counted(3, 2), ints(0, -1)]], [[scalar(5), ints(0)]]],
  Transpose: [[[counted(2, 3, 4)]], [[counted(2, 3, 4)], { perm: [1, 2, 0] }]],
  Expand: [[[counted(3, 1), ints(2, 1, 4)]], [[counted(2, 3), ints(1, 1)]]],
  Slice: [
    [[counted(4, 5), ints(1), ints(3)]],
    [[counted(4, 5), ints(-1, 0), ints(-9, 100), ints(1, 0), ints(-2, 3)]],
    [[counted(4, 5), ints(3), ints(-100), ints(0), ints(-1)]],
    [[ints(1, 2, 3, 4), ints(-2), ints(Number.MAX_SAFE_INTEGER)]],
  ],
  Concat: [
    [[counted(2, 1), counted(2, 3)], { axis: 1 }],
    [[ints(1), ints(2, 3), ints(4)], { axis: -1 }],
  ],
  Gather: [
    [[ints(5, 6, 7), scalar(-1)]],
    [[counted(2, 3, 2), tensorOf('int64', [2, 1], [2, 0])], { axis: 1 }],
    [[counted(3, 2), int32([2], [1, 1])]],
  ],
  ConstantOfShape: [[[ints(2, 2)]], [[ints(3)], { value: { kind: 'tensor', value: ints(7) } }]],
  Range: [
    [[scalar(2), scalar(9), scalar(3)]],
    [[scalar(5), scalar(0), scalar(-2)]],
    [[scalar(1), scalar(0), scalar(1)]],
  ],
}

const all = Object.entries(cases).flatMap(([op, list]) =>
  list.map(([inputs, attributes = {}], index) => ({ op, index, inputs, attributes })),
)

describe('each evaluator computes what onnxruntime does', () => {
  it.each(all)('$op, case $index', async ({ op, inputs, attributes }) => {
    const constants = new Map<string, Tensor>(
      inputs.flatMap((tensor, index) => (tensor ? [[`i${index}`, tensor] as const] : [])),
    )
    const made = node(
      'y',
      op,
      inputs.map((tensor, index) => (tensor ? `i${index}` : '')),
      attributes,
    )
    const graph = graphOf({ initializers: Object.fromEntries(constants), nodes: [made], outputs: ['y'] })
    const { y: expected } = await runInOnnxruntime(graph)
    const result = evaluateNode(made, name => constants.get(name))
    expect(result && { ...result, storage: tensorElements(result) }).toEqual({
      dataType: expected?.dataType,
      dims: expected?.dims,
      storage: expected?.data,
    })
  })
})

const wide = (value: bigint) => tensorOf('int64', [], BigInt64Array.of(value))

describe('evaluation leaves to the runtime', () => {
  it.each<[string, string, readonly Tensor[], Attributes]>([
    ['integers divided by zero', 'Div', [ints(1), ints(0)], {}],
    ['arithmetic of half floats', 'Add', [tensorOf('float16', [1], [15360]), tensorOf('float16', [1], [15360])], {}],
    ['floats beyond an integer', 'Cast', [floats([1], [1e20])], { to: 7 }],
    ['not a number as an integer', 'Cast', [floats([1], [Number.NaN])], { to: 7 }],
    ['an index out of range', 'Gather', [ints(1, 2), ints(2)], {}],
    ['shapes that do not broadcast', 'Add', [ints(1, 2), ints(1, 2, 3)], {}],
    ['a slice that does not move', 'Slice', [ints(1, 2), ints(0), ints(2), ints(0), ints(0)], {}],
    ['a range beyond what a number holds', 'Range', [0n, 2n ** 60n, 2n ** 59n].map(wide), {}],
    ['an operator without an evaluator', 'Relu', [floats([1], [1])], {}],
  ])('%s', (_, op, inputs, attributes) => {
    const made = node(
      'y',
      op,
      inputs.map((_, index) => `${index}`),
      attributes,
    )
    expect(evaluateNode(made, name => inputs[Number(name)])).toBeUndefined()
  })
})
