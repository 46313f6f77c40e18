import { cost, type Graph, saveModel, simplify, tensorNumbers } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Compressed, type Compression, compress } from './testing/compress.ts'
import { expectWhole, integersAgainstRoundedFloats, quantizedLayers } from './testing/judge.ts'

const small = { input: [1, 12, 12], classes: 4 } satisfies Parameters<typeof createModel>[1]
const samples = 128
const train = (epochs: number, learningRate = 0.01) => ({ epochs, batchSize: 16, optimizer: { learningRate } })

let model: Graph
let teacher: Graph
beforeAll(async () => {
  const learned = (graph: Graph) => compressed(graph, { stages: [{ name: 'train', train: train(6, 0.05) }] })
  model = (await learned(createModel('resnet', { ...small, depth: 8, width: 0.5 }))).model
  teacher = (await learned(createModel('resnet', { ...small, depth: 14, width: 0.75 }))).model
}, 120_000)

const prune = { 'prune.uniform': { target: { macs: 0.5 } } }
const int8 = { 'quant.qat': { samples: 64 } }
const learn = { 'distill.soft-label': { temperature: 2 } }
/** Of channels that are cut, so that an adapter has to follow. */
const mimic = {
  'distill.l2': { pairs: [{ student: 'stage2/block1/Relu:0', teacher: 'stage2/block2/Relu:0', weight: 0.1 }] },
}

/** What is whole, and tells the classes apart as the model did that it was made of. */
async function compressed(graph: Graph, compression: Compression): Promise<Compressed> {
  const made = await compress(graph, { samples, ...compression })
  await expectWhole(made.model, graph)
  expect(made.result.after.metrics?.top1).toBeGreaterThan(0.9)
  expect([...made.model.initializers.keys()].filter(name => /teacher|distill/.test(name))).toEqual([])
  return made
}

const macsLeft = (graph: Graph): number =>
  cost(simplify(graph).graph).total.macs / cost(simplify(model).graph).total.macs

/** As near as targets are met. */
const expectShare = (share = 0, target: number) => expect(Math.abs(share - target)).toBeLessThan(0.01)

const layers = () => simplify(model).graph.nodes.flatMap(({ op, name }) => (/Conv|Gemm/.test(op) ? [name] : []))

async function expectInt8(graph: Graph): Promise<void> {
  expect(quantizedLayers(graph)).toEqual(layers())
  expect(await integersAgainstRoundedFloats(graph)).toBeGreaterThan(0.999)
}

describe('in one stage', () => {
  test('a model is pruned, taught and made int8 together; a teacher may be named at any place', async () => {
    const together = (use: Compression['stages'][number]['use']) =>
      compressed(model, { teacher, stages: [{ name: 'all', use, train: train(4) }] })
    const { result, model: made } = await together([prune, learn, mimic, int8])
    expectShare(macsLeft(made), 0.5)
    await expectInt8(made)
    const [stage] = result.stages
    expect(stage?.details.map(({ part }) => part)).toEqual([
      'prune.uniform',
      'distill.soft-label',
      'distill.l2',
      'quant.qat',
      'train',
    ])
    const before = await together([learn, mimic, prune, int8])
    expect(saveModel(before.model).model).toEqual(saveModel(made).model)
  })

  test.each([{ 'prune.magnitude': { sparsity: 0.6 } }, { 'prune.n-m': {} }])(
    'weights that a mask makes zero are zero in int8: %o',
    async masks => {
      const { model: made } = await compressed(model, {
        teacher,
        stages: [{ name: 'sparse', use: [masks, int8, learn], train: train(4) }],
      })
      await expectInt8(made)
      const share = (layer: string) => zeros(made, `${layer}/weight`)
      for (const layer of ['stage2/block1/conv2', 'stage3/block1/conv1']) expect(share(layer)).toBeGreaterThan(0.49)
    },
  )
})

describe('in several stages', () => {
  test('a model is pruned in two rounds, each to its share, then int8 while it is taught', async () => {
    const { models, model: made } = await compressed(model, {
      teacher,
      stages: [
        { name: 'prune', use: [{ 'prune.global': { target: { macs: 0.5 } } }, learn], train: train(2), rounds: 2 },
        { name: 'int8', use: [int8, learn], train: train(1, 0.002) },
      ],
    })
    expect([...models.keys()]).toEqual(['1-prune-round-1', '1-prune-round-2', '2-int8'])
    const left = [...models.values()].map(macsLeft)
    expectShare(left[0], Math.SQRT1_2)
    for (const share of left.slice(1)) expectShare(share, 0.5)
    await expectInt8(made)
  })

  test('a model is distilled, pruned where it costs least, and quantized after training', async () => {
    const { model: made } = await compressed(model, {
      teacher,
      stages: [
        { name: 'distil', use: [mimic, learn], train: train(1) },
        // Accuracy among four classes is at chance soon; the loss still tells layers apart there.
        { name: 'prune', use: [{ 'prune.sensitivity': { target: { macs: 0.5 }, metric: 'loss' } }], train: train(3) },
        { name: 'int8', use: [{ 'quant.static': { samples: 64 } }] },
      ],
    })
    expectShare(macsLeft(made), 0.5)
    await expectInt8(made)
  })

  test('what is int8 can be pruned: scales go with their channels', async () => {
    const { models, model: made } = await compress(model, {
      samples,
      stages: [
        { name: 'int8', use: [int8], train: train(1, 0.002) },
        { name: 'prune', use: [{ 'prune.uniform': { target: { macs: 0.8 } } }] },
      ],
    })
    expectShare(macsLeft(made), 0.8)
    for (const graph of models.values()) await expectInt8(graph)
    await expectWhole(made, model)
  })
})

/** Share of zeros among the integer weights that stand for a tensor. */
function zeros(graph: Graph, name: string): number {
  const [weight] = [...graph.initializers].flatMap(([own, tensor]) =>
    own.startsWith(name) && tensor.dataType === 'int8' ? [tensor] : [],
  )
  const numbers = weight ? [...tensorNumbers(weight)] : []
  return numbers.filter(value => value === 0).length / numbers.length
}
