import { createBuilder, type GraphBuilder, RecipeError, tensorOf, type Value } from '@pare/core-graph'
import { describe, expect, test } from 'vitest'
import { type PlanOptions, planQuantization, usualQuantization } from './plan.ts'
import { noise } from './testing/noise.ts'

const weights = (b: GraphBuilder, name: string, dims: readonly number[]) =>
  b.initializer(name, tensorOf('float32', dims, noise(dims, 1).data))

/** Plans a graph of one input x:[N, 4, 6, 6]. */
function planOf(build: (b: GraphBuilder, x: Value) => Value, options: PlanOptions = {}) {
  const b = createBuilder('net')
  b.output(build(b, b.input('x', 'float32', ['N', 4, 6, 6])))
  return planQuantization(b.build(), options)
}

const conv = (b: GraphBuilder, x: Value, name = 'w') => b.Conv(x, weights(b, name, [4, 4, 1, 1]))
const pairs = (plan: ReturnType<typeof planOf>) => plan.groups.flatMap(group => group.values)

describe('pairs', () => {
  test('none stands between Conv and its Relu', () => {
    expect(pairs(planOf((b, x) => conv(b, b.Relu(conv(b, x)), 'w2')))).toEqual(['x', 'Relu:0', 'Conv_1:0'])
  })

  test('nor between Conv and its Clip, nor between Add and its Relu', () => {
    const plan = planOf((b, x) => {
      const clipped = b.Clip(conv(b, x), b.scalar(0), b.scalar(6))
      return conv(b, b.Relu(b.Add(clipped, conv(b, clipped, 'w2'))), 'w3')
    })
    expect(pairs(plan)).toEqual(['x', 'Clip:0', 'Conv_1:0', 'Relu:0', 'Conv_2:0'])
    expect(plan.kept).toEqual([])
  })

  test('one stands there where somebody else reads the Conv too', () => {
    const plan = planOf((b, x) => {
      const made = conv(b, x)
      return conv(b, b.Add(b.Relu(made), made), 'w2')
    })
    expect(pairs(plan)).toContain('Conv:0')
    expect(pairs(plan)).toContain('Relu:0')
  })

  test('one stands before a Clip that cuts off below another number than zero', () => {
    expect(pairs(planOf((b, x) => conv(b, b.Clip(conv(b, x), b.scalar(-1), b.scalar(1)), 'w2')))).toContain('Conv:0')
  })

  test('the last Gemm keeps its float result, a Gemm in the middle does not', () => {
    const plan = planOf((b, x) => {
      const hidden = b.Gemm(b.Flatten(x), weights(b, 'w1', [144, 5]))
      return b.Gemm(b.Relu(hidden), weights(b, 'w2', [5, 3]))
    })
    expect(pairs(plan)).toEqual(['Flatten:0', 'Relu:0'])
  })
})

describe('scales', () => {
  test('Concat has one for all that it joins and makes, and through operators that only move values', () => {
    const plan = planOf((b, x) => {
      const pooled = b.MaxPool(conv(b, x), { kernel_shape: [1, 1] })
      return b.Conv(
        b.Concat([Array.isArray(pooled) ? pooled[0] : pooled, conv(b, x, 'w2')], { axis: 1 }),
        weights(b, 'w3', [2, 8, 1, 1]),
      )
    })
    const group = plan.groups.find(({ values }) => values.includes('Concat:0'))
    expect(new Set(group?.values)).toEqual(new Set(['Conv:0', 'Conv_1:0', 'Concat:0', 'MaxPool:0']))
    // What pooling and joining make lies in the range of what they read.
    expect(new Set(group?.observed)).toEqual(new Set(['Conv:0', 'Conv_1:0']))
  })

  test('a constant operand has its own', () => {
    const plan = planOf((b, x) => conv(b, b.Mul(conv(b, x), b.scalar(0.25)), 'w2'))
    expect(plan.groups.find(({ constants }) => constants.length > 0)).toEqual({
      values: [],
      observed: [],
      known: [],
      constants: [{ tensor: 'constant', nodes: ['Mul'] }],
    })
  })

  test('weights: output channels, or one where the options say so', () => {
    const whole = { ...usualQuantization, weights: { bits: 8, perChannel: false } } as const
    const build = (b: GraphBuilder, x: Value) =>
      b.Gemm(b.Flatten(conv(b, x)), weights(b, 'fc', [3, 144]), { transB: 1 })
    expect(planOf(build).weights.map(({ tensor, axis }) => [tensor, axis])).toEqual([
      ['w', 0],
      ['fc', 0],
    ])
    expect(planOf(build, { quantization: whole }).weights.map(({ axis }) => axis)).toEqual([undefined, undefined])
    const untransposed = planOf((b, x) => b.Gemm(b.Flatten(x), weights(b, 'fc', [144, 3])))
    expect(untransposed.weights[0]?.axis).toBe(1)
  })
})

describe('what stays float says why', () => {
  const reasonOf = (build: (b: GraphBuilder, x: Value) => Value, options: PlanOptions = {}) =>
    planOf(build, options).kept.map(({ op, reason }) => `${op}: ${reason}`)

  test('an operator without a rule', () => {
    expect(reasonOf((b, x) => b.Exp(x))).toEqual(['Exp: no quantization rule for Exp'])
  })

  test('weights that are computed', () => {
    expect(reasonOf((b, x) => b.Conv(x, b.Exp(weights(b, 'w', [4, 4, 1, 1]))))).toContain(
      'Conv: its weights W are computed at run time',
    )
  })

  test('a bias that is computed', () => {
    expect(reasonOf((b, x) => b.Conv(x, weights(b, 'w', [4, 4, 1, 1]), b.Exp(weights(b, 'b', [4]))))).toContain(
      'Conv: its bias B is computed at run time',
    )
  })

  test('an activation at the edge of the float part, on either side', () => {
    expect(reasonOf((b, x) => b.Softmax(conv(b, x)))).toEqual([
      'Softmax: nothing to gain: no quantized node reads its result',
    ])
    expect(reasonOf((b, x) => conv(b, b.Relu(x)))).toEqual(['Relu: nothing to gain: no quantized node comes before it'])
  })

  test('a whole chain that leads nowhere', () => {
    expect(reasonOf((b, x) => b.Sigmoid(b.Transpose(b.Exp(conv(b, x)), { perm: [0, 2, 3, 1] })))).toHaveLength(3)
  })

  test('another type', () => {
    const b = createBuilder('half')
    const x = b.input('x', 'float16', ['N', 4])
    b.output(b.MatMul(x, b.initializer('w', tensorOf('float16', [4, 2], new Uint16Array(8)))))
    expect(planQuantization(b.build()).kept[0]?.reason).toBe('x is float16, not float32')
  })

  test('a Gemm that scales', () => {
    expect(reasonOf((b, x) => b.Gemm(b.Flatten(x), weights(b, 'w', [144, 3]), { alpha: 0.5 }))).toContain(
      'Gemm: its alpha and beta are 0.5 and 1; int8 kernels have 1',
    )
  })

  test('a Gemm whose C is not a vector of its outputs', () => {
    expect(reasonOf((b, x) => b.Gemm(b.Flatten(x), weights(b, 'w', [144, 3]), weights(b, 'c', [1])))).toContain(
      'Gemm: its C of shape [1] is not one number for each of 3 outputs',
    )
  })

  test('nodes that compute shapes are not listed', () => {
    const plan = planOf((b, x) => conv(b, b.Reshape(x, b.Shape(x))))
    expect(plan.kept.map(({ op }) => op)).not.toContain('Shape')
  })

  test('weights that somebody reads as floats are kept twice', () => {
    const plan = planOf((b, x) => {
      const shared = weights(b, 'w', [4, 4, 1, 1])
      return b.Exp(b.Add(b.Conv(x, shared), b.Exp(shared)))
    })
    expect(plan.kept).toContainEqual({
      node: 'Exp',
      op: 'Exp',
      tensor: 'w',
      reason: 'it reads the weights w as floats, so they are stored as int8 and as float',
    })
  })
})

describe('include and exclude', () => {
  const build = (b: GraphBuilder, x: Value) =>
    b.scope('head', () =>
      conv(
        b,
        b.scope('body', () => conv(b, conv(b, x, 'a'), 'b')),
        'c',
      ),
    )
  const quantized = (options: PlanOptions) => planOf(build, options).quantized.map(({ node }) => node)
  const all = ['head/body/Conv', 'head/body/Conv_1', 'head/Conv']

  test.each([
    { options: {}, names: all },
    { options: { exclude: ['head/Conv'] }, names: all.slice(0, 2) },
    { options: { exclude: ['*body*'] }, names: all.slice(2) },
    { options: { exclude: ['/Conv(_1)?$/'] }, names: [] },
    { options: { exclude: ['op:Conv'] }, names: [] },
    { options: { include: ['head/body/*'], exclude: ['*_1'] }, names: all.slice(0, 1) },
  ])('$options', ({ options, names }) => {
    expect(quantized(options)).toEqual(names)
  })

  test('what was left out says so', () => {
    expect(planOf(build, { exclude: ['head/Conv'] }).kept).toEqual([
      { node: 'head/Conv', op: 'Conv', reason: 'excluded by the options' },
    ])
  })

  test('what was not included says so', () => {
    expect(planOf(build, { include: ['head/body/*'] }).kept.map(({ reason }) => reason)).toEqual([
      'not included by the options',
    ])
  })

  test('a pattern that matches nothing is an error with the nearest names', () => {
    expect(() => planOf(build, { exclude: ['head/Conf'] })).toThrow(RecipeError)
    expect(() => planOf(build, { exclude: ['head/Conf'] })).toThrow('exclude: no node of the model matches head/Conf.')
  })
})

test('weights that are not finite are named', () => {
  expect(() =>
    planOf((b, x) => b.Conv(x, b.initializer('w', tensorOf('float32', [1, 4, 1, 1], [1, 2, Number.NaN, 4])))),
  ).toThrow(expect.objectContaining({ code: 'MODEL_NOT_FINITE', message: 'The weights w hold NaN at index 2.' }))
})

test.each(Object.getOwnPropertyNames(Object.prototype))('an operator named %s has no rule', op => {
  const plan = planOf((b, x) => b.node(op, [x], {}, { outputTypes: [{ dataType: 'float32', shape: [1] }] })[0] ?? x)
  expect(plan.kept).toEqual([expect.objectContaining({ op, reason: `no quantization rule for ${op}` })])
})

describe('shared weights', () => {
  test('stay shared, with one scale for each channel', () => {
    const plan = planOf((b, x) => {
      const shared = weights(b, 'w', [4, 4, 1, 1])
      return b.Conv(b.Conv(x, shared), shared)
    })
    expect(plan.weights).toHaveLength(1)
    expect(plan.weights[0]?.readers).toHaveLength(2)
    expect(plan.weights[0]?.axis).toBe(0)
    expect(plan.notes).toEqual([])
  })

  test('stay shared with one scale in all where the channels lie along different axes, and that is said', () => {
    const plan = planOf((b, x) => {
      const shared = weights(b, 'w', [144, 144])
      return b.Gemm(b.Gemm(b.Flatten(x), shared), shared, { transB: 1 })
    })
    expect(plan.weights.map(({ axis }) => axis)).toEqual([undefined])
    expect(plan.notes[0]).toContain('The weights w are shared by Gemm and Gemm_1')
  })
})

test('20,000 Relus behind one another are absorbed by the first Conv', () => {
  const plan = planOf((b, x) => {
    let value = conv(b, x)
    for (let index = 0; index < 20_000; index++) value = b.Relu(value)
    return conv(b, value, 'w2')
  })
  expect(pairs(plan)).toEqual(['x', 'Relu_19999:0', 'Conv_1:0'])
})

test('10,000 nodes that only move values drop out together where nobody quantized reads them', () => {
  const plan = planOf((b, x) => {
    let value = conv(b, x)
    for (let index = 0; index < 10_000; index++) value = b.Transpose(value, { perm: [0, 1, 3, 2] })
    return value
  })
  expect(plan.quantized.map(({ op }) => op)).toEqual(['Conv'])
})

test('10,000 nodes that only move values share one scale with the layers around them', () => {
  const plan = planOf((b, x) => {
    let value = conv(b, x)
    for (let index = 0; index < 10_000; index++) value = b.Transpose(value, { perm: [0, 1, 3, 2] })
    return conv(b, value, 'w2')
  })
  expect(plan.groups.map(({ values }) => values.length)).toEqual([1, 10_001, 1])
})
