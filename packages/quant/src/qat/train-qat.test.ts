import { readFileSync } from 'node:fs'
import {
  type Graph,
  loadModel,
  type Node,
  renameValues,
  saveModel,
  simplify,
  type TrainingPart,
  tensorFloats,
} from '@pare/core-graph'
import { createEvaluator } from '@pare/evaluate'
import { createModel } from '@pare/models'
import { optimizedGraph } from '@pare/runtime'
import { planTraining, type TrainSetup, train } from '@pare/train'
import { describe, expect, test } from 'vitest'
import { executor } from '../testing/compare.ts'
import { stripes } from '../testing/stripes.ts'
import { prepareQat } from './prepare-qat.ts'

const classes = 4
const shape = [1, 12, 12] as const
const images = (size: number, seed: number) => stripes('input', shape, { classes, size, seed })
const setup: TrainSetup = {
  options: { epochs: 2, batchSize: 16, optimizer: { learningRate: 0.003 } },
  source: images(128, 1),
  executor,
  evaluate: createEvaluator({ executor, source: images(256, 2), limit: 256, batchSize: 64 }),
  seed: 1,
}
const context = { executor, calibration: images(64, 3) }
const { graph: float, best } = await train(
  createModel('resnet', { depth: 8, width: 0.25, input: [...shape], classes }),
  { ...setup, options: { epochs: 6, batchSize: 16, optimizer: { learningRate: 0.05 } } },
)

test('the float model has learned to tell stripes apart', () => {
  expect(best.metrics.top1).toBeGreaterThan(0.9)
})

describe('a model that is trained with the rounding of its quantized form', () => {
  test.each([
    {},
    { activationScale: 'learned' },
    { activationScale: { range: { window: 10 } }, perChannel: false },
    { activationScale: 'abs-max' },
    { weightScale: 'learned', weightBits: 4 },
    { batchNorm: { epochs: 1 }, activationScale: 'moving-average' },
  ] as const)('is as good in integers as it was while training: %o', async options => {
    const { graph, details, training } = await prepareQat(float, context, options)
    const result = await train(graph, { ...setup, parts: [training] })
    expect(result.best.metrics.top1).toBeGreaterThan((best.metrics.top1 ?? 0) - 0.03)
    expect((await setup.evaluate(result.graph)).top1).toBeGreaterThan((result.best.metrics.top1 ?? 0) - 0.01)
    expect(details.exported?.kernels.agreement).toBeGreaterThanOrEqual(0.995)
    expect(result.graph.outputs).toEqual(float.outputs)
    const ops = new Set((await optimizedGraph(result.graph)).nodes.map(({ op }) => op))
    expect([...ops].filter(op => /^(Conv|FusedConv|Gemm|MatMul)$/.test(op))).toEqual([])
  })

  test('leaves running statistics to follow the batches', async () => {
    const { graph, training } = await prepareQat(float, context, { batchNorm: { epochs: 1 } })
    const { trained } = await planTraining(graph, { ...setup, parts: [training], measuredSteps: 0 })
    const names = new Set(trained.map(({ name }) => name))
    const norms = graph.nodes.filter(({ op }) => op === 'BatchNormalization')
    expect(norms.length).toBeGreaterThan(5)
    for (const { inputs } of norms)
      expect(inputs.map(name => names.has(name))).toEqual([false, true, true, false, false])
  })

  test('gives the same bytes again for the same seed', async () => {
    const bytes = async () => {
      const { graph, training } = await prepareQat(float, context)
      const { graph: int8 } = await train(graph, { ...setup, parts: [training] })
      return Buffer.from(saveModel(int8).model)
    }
    expect(await bytes()).toEqual(await bytes())
  })

  test('trains its scales, and stops to observe ranges late', async () => {
    const scaleAfter = async (activationScale: 'learned' | 'moving-average', freezeObservers: number) => {
      const { graph, details, training } = await prepareQat(float, context, { activationScale, freezeObservers })
      await train(graph, { ...setup, parts: [training] })
      return details.exported?.values.map(({ scale }) => scale)
    }
    const { details, training, graph } = await prepareQat(float, context)
    await training.finish?.(graph)
    const start = details.exported?.values.map(({ scale }) => scale)
    expect(await scaleAfter('learned', 0)).not.toEqual(start)
    expect(await scaleAfter('moving-average', 1)).not.toEqual(await scaleAfter('moving-average', 0.5))
    expect((await scaleAfter('moving-average', 0))?.map(scale => expect.closeTo(scale, 6))).toEqual(start)
  })
})

describe('learning from the float model', () => {
  /** The model itself as its teacher: the same layers under other names, on the same images. */
  function withTeacher(student: Graph): Graph {
    const { graph: teacher } = simplify(float)
    const own = [...teacher.nodes.flatMap(({ outputs }) => outputs), ...teacher.initializers.keys()]
    const renamed = renameValues(teacher, new Map(own.map(name => [name, `teacher/${name}`])))
    const nodes = renamed.nodes.map((node): Node => ({ ...node, name: `teacher/${node.name}` }))
    return {
      ...student,
      nodes: [...nodes, ...student.nodes],
      initializers: new Map([...student.initializers, ...renamed.initializers]),
    }
  }

  test('needs no labels: terms find logits and feature maps by their names', async () => {
    const unlabelled = { ...setup.source, labelled: false, batches: setup.source.batches }
    const { nodes } = simplify(float).graph
    const featureMap = nodes.find(({ op }) => op === 'Relu')?.outputs[0] ?? ''
    const teacher: TrainingPart = {
      extend: withTeacher,
      frozen: ['teacher/*'],
      terms: ['logits', featureMap].map(name => ({
        loss: 'mean-squared-error',
        name,
        output: name,
        target: `teacher/${name}`,
      })),
    }
    const { graph, training } = await prepareQat(float, context, { weightBits: 3, weightScale: 'learned' })
    const result = await train(graph, {
      ...setup,
      source: unlabelled,
      options: { ...setup.options, loss: [], epochs: 3, optimizer: { learningRate: 0.01 } },
      parts: [training, teacher],
    })
    const losses = result.epochs.map(({ loss }) => loss)
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 1.2)
    expect(result.graph.nodes.some(({ name }) => name.startsWith('teacher/'))).toBe(false)
    expect(result.best.metrics.top1).toBeGreaterThan((best.metrics.top1 ?? 0) - 0.05)
  })
})

describe('models of others', () => {
  test.each(['mobilenet-v3', 'vit'])('are trained and quantized: %s', async name => {
    const file = new URL(`../../../../e2e/models/trainable/${name}.onnx`, import.meta.url)
    const model = loadModel(readFileSync(file))
    const [input] = model.inputs
    const [, channels = 0, height = 0, width = 0] = (input?.type?.shape ?? []) as readonly number[]
    const source = stripes(input?.name ?? '', [channels, height, width], { classes: 3, size: 32, seed: 1 })
    const { graph, details, training } = await prepareQat(model, { executor, calibration: source })
    expect(details.quantized.length).toBeGreaterThan(10)
    const result = await train(graph, {
      ...setup,
      source,
      evaluate: createEvaluator({ executor, source, limit: 32, batchSize: 16 }),
      options: { epochs: 1, batchSize: 16, optimizer: { learningRate: 1e-4 } },
      parts: [training],
    })
    const [kernels, trained] = [details.exported?.kernels, [...result.graph.initializers.values()]]
    expect(kernels?.samples).toBe(32)
    expect(trained.some(({ dataType }) => dataType === 'int8')).toBe(true)
    for (const tensor of trained)
      if (tensor.dataType === 'float32') expect(tensorFloats(tensor).every(Number.isFinite)).toBe(true)
  })
})
