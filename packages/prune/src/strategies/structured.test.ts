import {
  cost,
  createBuilder,
  dataTypeCode,
  type Graph,
  savedBytes,
  simplify,
  targets,
  tensorFloats,
  tensorOf,
  type Value,
  validate,
} from '@pare/core-graph'
import { createModel } from '@pare/models'
import { createExecutor } from '@pare/runtime'
import { describe, expect, test } from 'vitest'
import { channelGroups } from '../channels/channel-groups.ts'
import type { PruningDetails } from '../prune-channels.ts'
import { patternClasses, patternShape, testContext } from '../testing/patterns.ts'
import { difference, outputsOf } from '../testing/same-outputs.ts'
import { global } from './global.ts'
import { uniform } from './uniform.ts'

const small = { input: [...patternShape] as [number, number, number], classes: patternClasses, seed: 1 }
const mobilenetV1 = createModel('mobilenet-v1', { width: 0.25, ...small })
const mobilenetV2 = createModel('mobilenet-v2', { width: 0.35, ...small })
const resnet = createModel('resnet', { depth: 8, width: 0.5, ...small })

const detailsOf = ({ details }: { readonly details?: unknown }) => details as PruningDetails
const macsOf = (graph: Graph) => cost(graph).total.macs

const measures = {
  macs: macsOf,
  parameters: (graph: Graph) => cost(graph).total.parameters,
  bytes: (graph: Graph) => savedBytes(simplify(graph).graph),
  'flops-v1.4': (graph: Graph) => cost(graph, { convention: 'v1.4' }).total.flops ?? 0,
}

describe.each([uniform, global])('$id', strategy => {
  const run = (graph: Graph, options: object, context = testContext()) =>
    strategy.prepare(graph, strategy.options.parse(options) as never, context)

  const cases = [
    ...Object.entries(measures).map(([id, measure]) => ({ id, measure, model: 'resnet', graph: resnet, share: 0.4 })),
    { id: 'bytes', measure: measures.bytes, model: 'mobilenet-v1', graph: mobilenetV1, share: 0.5 },
    { id: 'macs', measure: measures.macs, model: 'mobilenet-v2', graph: mobilenetV2, share: 0.6 },
  ]

  test.each(cases)('law: $model meets a target in $id within 1 %, and runs', async ({ id, measure, graph, share }) => {
    const context = testContext()
    const result = await run(graph, { target: { [id]: share } }, context)
    expect(Math.abs(measure(result.graph) / measure(graph) - share)).toBeLessThanOrEqual(0.01)
    expect(detailsOf(result).target.reached).toBeCloseTo(measure(result.graph) / measure(graph), 10)
    expect(context.notes).toEqual([])
    expect(validate(result.graph)).toEqual([])
    expect((await outputsOf(result.graph))[0]).toHaveLength(2 * patternClasses)
  })

  test('a residual sum stays one: the channels of all its layers are the same, and depthwise groups follow', async () => {
    const { graph } = await run(mobilenetV2, { target: { macs: 0.5 }, importance: 'geometric-median' })
    for (const node of graph.nodes.filter(({ op }) => op === 'Conv')) {
      const [outputs, inputs] = graph.initializers.get(node.inputs[1] ?? '')?.dims ?? []
      const group = node.attributes.group?.kind === 'int' ? node.attributes.group.value : 1
      if (node.name.includes('depthwise')) expect([group, inputs]).toEqual([outputs, 1])
    }
    const channels = (block: number) => graph.initializers.get(`block${block}/project/weight`)?.dims[0]
    expect(channels(4)).toBe(channels(6))
    expect(channels(4)).toBeLessThan(mobilenetV2.initializers.get('block4/project/weight')?.dims[0] ?? 0)
  })

  test('what is left is a multiple, which the target asks for', async () => {
    const wide = createModel('mobilenet-v1', { width: 0.5, ...small })
    const result = await run(wide, { target: { macs: 0.5 } }, testContext({ target: targets['onnxruntime-node'] }))
    expect(detailsOf(result).multiple).toBe(8)
    for (const { after } of detailsOf(result).groups) expect(after % 8).toBe(0)
    expect(macsOf(result.graph) / macsOf(wide)).toBeCloseTo(0.5, 2)
  })

  test('a target that multiples do not meet: the nearest, and a note', async () => {
    const context = testContext()
    const result = await run(resnet, { target: { macs: 0.95 }, multiple: 16, maxRatio: 1 }, context)
    const { reached } = detailsOf(result).target
    expect(Math.abs(reached - 0.95)).toBeGreaterThan(0.01)
    expect(context.notes).toEqual([expect.stringContaining('multiples of 16')])
  })

  test('a target that cannot be reached is refused with the least that can', async () => {
    const error = {
      code: 'RECIPE_PRUNE_TARGET',
      message: expect.stringMatching(/cannot be reached: \d+\.\d\d % is the least/),
    }
    await expect(run(mobilenetV1, { target: { macs: 0.05 }, maxRatio: 0.5 })).rejects.toMatchObject(error)
    await expect(run(mobilenetV1, { target: { macs: 0.5 }, include: ['stem/Conv'] })).rejects.toMatchObject(error)
  })

  test('rounds: each leaves the same share, of the model before the first', async () => {
    let graph: Graph = mobilenetV1
    const shares: number[] = []
    for (const number of [1, 2, 3]) {
      const round = { number, rounds: 3, before: mobilenetV1 }
      const result = await run(graph, { target: { macs: 0.5 } }, testContext({ round }))
      shares.push(macsOf(result.graph) / macsOf(mobilenetV1))
      graph = result.graph
    }
    for (const [index, share] of shares.entries()) expect(share).toBeCloseTo(0.5 ** ((index + 1) / 3), 2)
  })

  test('a latency is measured where the context says, and told apart from what can be repeated', async () => {
    const context = testContext({ latency: async graph => 1e-6 * macsOf(graph) })
    const result = await run(mobilenetV1, { target: { latency: 0.5 } }, context)
    expect(detailsOf(result).target).toMatchObject({ measure: 'latency', reached: expect.closeTo(0.5, 1) })
    const own = strategy.options.parse({ target: { latency: 0.5 }, importance: 'taylor' }) as never
    expect(typeof strategy.needs === 'function' && strategy.needs(own)).toEqual(['train', 'latency'])
  })

  test('a model that is small enough is left as it is', async () => {
    const { graph } = await run(mobilenetV1, { target: { macs: 0.5 } })
    const context = testContext({ round: { number: 2, rounds: 2, before: mobilenetV1 } })
    const again = await run(graph, { target: { macs: 0.505 } }, context)
    expect(cost(again.graph).total).toEqual(cost(graph).total)
    expect(context.notes).toEqual([expect.stringContaining('Nothing is cut')])
  })

  test('the least important channels go: the same outputs where they make nothing', async () => {
    // Every other channel of the stem makes zeros, which the criterion sees.
    const { groups } = channelGroups(resnet)
    const [first] = groups.filter(({ makers }) => makers.length === 1)
    const initializers = new Map(resnet.initializers)
    for (const { tensor, role, axis, indices } of first?.members ?? []) {
      const weight = initializers.get(tensor)
      if (!weight || role === 'reads') continue
      const values = tensorFloats(weight).slice()
      const size = values.length / (weight.dims[axis] ?? 1)
      for (const [channel, places] of indices.entries())
        if (channel % 2 === 0) for (const place of places) values.fill(0, place * size, (place + 1) * size)
      initializers.set(tensor, tensorOf('float32', weight.dims, values))
    }
    const planted = { ...resnet, initializers }
    const half =
      macsOf(planted) - macsOf((await run(planted, { target: { macs: 0.95 }, include: [first?.name] })).graph)
    expect(half).toBeGreaterThan(0)
    const { graph } = await run(planted, { target: { macs: 0.95 }, include: [first?.name] })
    expect(difference(await outputsOf(graph), await outputsOf(planted))).toBeLessThan(1e-5)
  })
})

test('prune.uniform cuts the same share of every layer, to a channel', async () => {
  const result = await uniform.prepare(mobilenetV1, uniform.options.parse({ target: { macs: 0.5 } }), testContext())
  const ratios = detailsOf(result).groups.map(({ ratio, before }) => ({ ratio, before }))
  const { ratio = 0 } = ratios.at(-1) ?? {}
  for (const group of ratios) expect(Math.abs(group.ratio - ratio) * group.before).toBeLessThanOrEqual(1.51)
})

test('prune.global leaves nothing that matters less than what it cuts', async () => {
  const result = await global.prepare(mobilenetV1, global.options.parse({ target: { macs: 0.5 } }), testContext())
  const ratios = detailsOf(result).groups.map(({ ratio }) => ratio)
  expect(new Set(ratios).size).toBeGreaterThan(3)
})

test('the target is one of those there are', () => {
  for (const target of [{}, { macs: 0.5, bytes: 0.5 }, { macs: 1.5 }, { flops: 0.5 }])
    expect(uniform.options.safeParse({ target }).success).toBe(false)
})

test('a model without channels to cut says why', async () => {
  const nothing = { code: 'RECIPE_PRUNE_NOTHING', hint: expect.stringContaining('classifier/Gemm') }
  const options = uniform.options.parse({ target: { macs: 0.5 }, include: ['classifier/Gemm'] })
  await expect(uniform.prepare(mobilenetV1, options, testContext())).rejects.toMatchObject(nothing)
})

test('scales computed from whole weights, as quant.qat adds, hold channels: the hint is to prune first', async () => {
  const b = createBuilder('fake-quantized')
  const conv = (x: Value, name: string, outputs: number, inputs: number) => {
    const numbers = Float32Array.from({ length: outputs * inputs }, (_, place) => place + 1)
    const weight = b.initializer(name, tensorOf('float32', [outputs, inputs, 1, 1], numbers))
    const scale = b.Div(b.ReduceMax(b.Abs(weight), b.ints(1, 2, 3), { keepdims: 0 }), b.scalar(127))
    const levels = b.QuantizeLinear(weight, scale, undefined, { axis: 0, output_dtype: dataTypeCode('int8') })
    return b.Conv(x, b.DequantizeLinear(levels, scale, undefined, { axis: 0 }))
  }
  b.output(b.named(conv(conv(b.input('x', 'float32', ['N', 3, 4, 4]), 'first', 4, 3), 'second', 2, 4), 'y'))
  const prunes = uniform.prepare(b.build(), uniform.options.parse({ target: { macs: 0.5 } }), testContext())
  const hint = expect.stringContaining('list pruning before quant.qat')
  await expect(prunes).rejects.toMatchObject({ code: 'RECIPE_PRUNE_NOTHING', hint })
})

test('a pruned model can be opened by onnxruntime as it is saved', async () => {
  const { graph } = await uniform.prepare(resnet, uniform.options.parse({ target: { macs: 0.5 } }), testContext())
  await using session = await createExecutor({ threads: 1 }).open(simplify(graph).graph)
  expect(session.outputNames).toEqual(['logits'])
})
