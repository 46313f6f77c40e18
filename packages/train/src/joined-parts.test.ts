import { type Batch, createRewriter, type Graph, type TrainingPart, tensorOf } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { describe, expect, it } from 'vitest'
import { planTraining } from './plan-training.ts'
import { memoryStore } from './testing/memory-store.ts'
import { accuracyOn, patternClasses, patternModel, patterns } from './testing/patterns.ts'
import { type TrainSetup, train } from './train.ts'

const model = patternModel
const setup: TrainSetup = {
  options: { epochs: 1, batchSize: 16, optimizer: { learningRate: 0.03 } },
  source: patterns(64, 1),
  executor: createExecutor({ threads: 1 }),
  evaluate: accuracyOn(patterns(32, 2)),
  seed: 1,
}
/** A layer beside the classifier, whose weights are learned and thrown away, is to give what is fed. */
const beside = (feed: (batch: Batch) => number): TrainingPart => ({
  extend: graph => {
    const b = createRewriter(graph)
    for (const node of graph.nodes) b.add(node)
    const wanted = b.input('teacher/wanted', 'float32', [null, 1])
    const adapter = b.initializer('adapter', tensorOf('float32', [patternClasses, 1], [0.1, 0.2, 0.3, 0.4]))
    b.named(b.MatMul(b.value('logits'), adapter), 'adapted')
    b.named(b.Mul(wanted, b.scalar(2)), 'teacher/output')
    return b.build()
  },
  terms: extended =>
    extended.initializers.has('adapter')
      ? [{ loss: 'mean-squared-error', output: 'adapted', target: 'teacher/output' }]
      : [],
  feeds: batch => ({
    'teacher/wanted': {
      dataType: 'float32',
      dims: [batch.size, 1],
      data: new Float32Array(batch.size).fill(feed(batch)),
    },
  }),
})

describe('what extends a training', () => {
  it('is read by its terms and fed with each batch, and is in no graph that is measured, finished or given', async () => {
    const measured: Graph[] = []
    const finished: Graph[] = []
    const fed: Batch[] = []
    const part = beside(batch => fed.push(batch))
    const { graph, epochs } = await train(model, {
      ...setup,
      evaluate: async graph => {
        measured.push(graph)
        return await setup.evaluate(graph)
      },
      parts: [part, { finish: graph => finished[finished.push(graph) - 1] ?? graph }],
    })
    expect(Object.keys(epochs[0]?.terms ?? {})).toEqual(['cross-entropy', 'mean-squared-error'])
    expect(fed.map(({ size }) => size)).toEqual([16, 16, 16, 16])
    // What is wanted grows by 2 from batch to batch, and logits begin near to 0.
    expect(epochs[0]?.terms['mean-squared-error']).toBeGreaterThan(4)
    for (const seen of [...measured, ...finished, graph]) {
      expect(seen.nodes).toEqual(model.nodes)
      expect(seen.inputs).toEqual(model.inputs)
      expect([...seen.initializers.keys()]).toEqual([...model.initializers.keys()])
    }
    expect(measured.length + finished.length).toBe(2)
  })

  it('makes another training, whose checkpoints are no use for this one; plans have it too', async () => {
    const checkpoint = memoryStore()
    const parts = [beside(() => 1)]
    await train(model, { ...setup, parts, checkpoint })
    await expect(train(model, { ...setup, checkpoint })).rejects.toMatchObject({ code: 'RUN_CHECKPOINT' })
    const fedOtherwise = train(model, { ...setup, parts: [beside(() => 2)], checkpoint })
    await expect(fedOtherwise).rejects.toMatchObject({ code: 'RUN_CHECKPOINT' })
    const plan = await planTraining(model, { ...setup, parts, measuredSteps: 1 })
    expect(plan.trained.map(({ name }) => name)).toContain('adapter')
    expect(plan.measured?.steps).toBe(1)
  })

  it('is built once, in the order of the parts', async () => {
    const calls: string[] = []
    const extending = (name: string): TrainingPart => ({
      extend: graph => {
        calls.push(`${name} after ${graph.name}`)
        return { ...graph, name }
      },
    })
    const options = { ...setup.options, epochs: 2, freeze: [{ pattern: 'stem/*', epoch: 2 }] }
    await train(model, { ...setup, options, parts: [extending('one'), extending('two')] })
    expect(calls).toEqual([`one after ${model.name}`, 'two after one'])
  })

  it('leaves the outputs as they are', async () => {
    const parts: TrainingPart[] = [{ extend: graph => ({ ...graph, outputs: [...graph.outputs, ...graph.outputs] }) }]
    await expect(train(model, { ...setup, parts })).rejects.toMatchObject({
      code: 'MODEL_TRAIN',
      message: expect.stringContaining('changes its outputs: to logits, logits'),
    })
  })
})
