import { createBuilder, type Graph, type GraphBuilder, tensorOf, type Value } from '@pare/core-graph'
import { describe, expect, it } from 'vitest'
import { defineLoss } from './loss.ts'
import { stepGraph } from './step-graph.ts'
import { runSteps } from './testing/run-steps.ts'
import { type TrainOptionsInput, trainOptions } from './train-options.ts'

const weight = (b: GraphBuilder, name: string, data: readonly number[], ...dims: number[]) =>
  b.initializer(name, tensorOf('float32', dims, Float32Array.from(data)))

interface Heads {
  readonly features: Value
  readonly a: Value
  readonly b: Value
  readonly score: Value
  readonly shares: Value
}

/** features = x·F, a = features·A, b = features·B, shares = softmax(a), [N,2]; score = features·C, [N,1]; x:[N,2] */
function twoHeads(outputs: (heads: Heads) => readonly Value[]): Graph {
  const b = createBuilder('heads')
  const features = b.MatMul(b.input('x', 'float32', ['N', 2]), weight(b, 'F', [1, 0, 0, 1], 2, 2))
  const a = b.named(b.MatMul(features, weight(b, 'A', [1, 2, 3, 4], 2, 2)), 'a')
  const heads = {
    features: b.named(features, 'features'),
    a,
    b: b.named(b.MatMul(features, weight(b, 'B', [0, 1, 1, 0], 2, 2)), 'b'),
    score: b.named(b.MatMul(features, weight(b, 'C', [1, 1], 2, 1)), 'score'),
    shares: b.named(b.Softmax(a), 'shares'),
  }
  for (const output of outputs(heads)) b.output(output)
  return b.build()
}

const both = () => twoHeads(({ a, b }) => [a, b])
const batch = { inputs: { x: [1, 2, -1, 1] }, labels: [0, 1] }
const train = (model: Graph, loss: NonNullable<TrainOptionsInput['loss']>) =>
  runSteps(model, [batch], { options: { loss }, learningRate: 0.1 })

describe('the objective', () => {
  it('is the weighted sum of its terms, each told without its weight', async () => {
    const { results } = await train(
      twoHeads(({ a }) => [a]),
      [
        { loss: 'cross-entropy' },
        { loss: 'mean-squared-error', weight: 0.5, output: 'a', target: 'b' },
        { loss: 'mean-squared-error', weight: 2, output: 'features', target: 'b', name: 'features' },
      ],
    )
    const { 'cross-entropy': entropy = 0, 'mean-squared-error': squares = 0, features = 0 } = results[0]?.terms ?? {}
    // a = [[7, 10], [2, 2]], b = [[2, 1], [1, −1]], features = x
    expect(entropy).toBeCloseTo((Math.log(1 + Math.exp(3)) + Math.log(2)) / 2, 5)
    expect(squares).toBeCloseTo((25 + 81 + 1 + 9) / 4, 5)
    expect(features).toBeCloseTo((1 + 1 + 4 + 4) / 4, 5)
    expect(results[0]?.loss).toBeCloseTo(entropy + 0.5 * squares + 2 * features, 4)
  })

  it('takes any of several outputs; what it does not depend on stays, and is not said to be trained', async () => {
    const { step, value, results } = await train(both(), [{ loss: 'cross-entropy', logits: 'b' }])
    expect(step.trained).toEqual(['F', 'B'])
    expect(step.outputs.logits).toBe('b')
    expect([...step.state.keys()]).not.toContain('A')
    expect(value('B', 1)).not.toEqual(value('B', 0))
    // b = [[2, 1], [1, −1]]
    expect(results[0]?.right).toBe(1)
  })

  it('needs no labels where no term takes targets', async () => {
    const model = twoHeads(({ b }) => [b])
    const loss = [{ loss: 'soft-cross-entropy', teacher: 'a' }] as const
    const { step, results } = await runSteps(model, [{ inputs: batch.inputs }], {
      options: { loss: [...loss] },
      learningRate: 0.1,
    })
    expect(step.feeds.targets).toBeUndefined()
    expect(results[0]?.right).toBeUndefined()
    // With labels, it is told how many are right nevertheless.
    const labelled = await runSteps(model, [batch], { options: { loss: [...loss] }, learningRate: 0.1 })
    expect(labelled.results[0]?.right).toBe(1)
    expect(labelled.results[0]?.loss).toBe(results[0]?.loss)
  })

  it('may hold a loss of one’s own: ten lines', async () => {
    const hinge = defineLoss({
      id: 'hinge',
      description: 'How far scores are from 1 for the class and −1 for all others',
      inputs: { scores: 'output', targets: 'targets' },
      options: {},
      build: (ops, { scores, targets }) => {
        const signs = ops.sub(ops.mul(targets, 2), 1)
        return ops.mean(ops.max(ops.sub(1, ops.mul(signs, scores)), 0))
      },
    })
    const model = twoHeads(({ b }) => [b])
    const { results, value } = await runSteps(model, [batch, batch], {
      options: { loss: [] },
      learningRate: 0.1,
      additions: { terms: [{ loss: hinge, weight: 3 }] },
    })
    // b = [[2, 1], [1, −1]]: 0 for 2, 2 for 1 and −1, 2 for 1
    expect(results[0]?.terms).toEqual({ hinge: (0 + 2 + 2 + 2) / 4 })
    expect(results[0]?.loss).toBe(4.5)
    expect(results[1]?.loss).toBeLessThan(4.5)
    expect(value('F', 1)).not.toEqual(value('F', 0))
  })

  it('takes the shares of mixed samples for targets, smoothed', async () => {
    const model = twoHeads(({ b }) => [b])
    const mixed = { ...batch, mixed: { labels: [1, 0], shares: [0.75, 0.25] } }
    const options = { loss: [{ loss: 'l1' as const }], labelSmoothing: 0.2 }
    const { results } = await runSteps(model, [mixed], { options, learningRate: 0 })
    // Targets 0.8·[¾, ¼] + 0.1 = [0.7, 0.3], and 0.8·[¾, ¼] + 0.1: of the second sample, class 1 has the share ¼.
    expect(results[0]?.loss).toBeCloseTo((1.3 + 0.7 + 0.3 + 1.3) / 4, 5)
    // The second sample counts as of class 0, of which it has more.
    expect(results[0]?.right).toBe(2)
  })
})

describe('an objective that does not go with the model', () => {
  const refused = (model: Graph, loss: unknown) => {
    const options = trainOptions.parse({})
    return () => stepGraph(fixed(model), { ...options, loss: loss as typeof options.loss })
  }
  /** A batch of two. */
  const fixed = (model: Graph): Graph => ({
    ...model,
    inputs: model.inputs.map(input => ({ ...input, type: { dataType: 'float32', shape: [2, 2] } })),
  })
  const oneHead = twoHeads(({ a }) => [a])
  const vector = defineLoss({
    id: 'vector',
    description: 'No number',
    inputs: { output: 'output' },
    options: {},
    build: (ops, { output }) => ops.square(output),
  })

  const lonely = defineLoss({
    id: 'lonely',
    description: 'Nothing of the model',
    inputs: { targets: 'targets' },
    options: {},
    build: (ops, { targets }) => ops.mean(targets),
  })

  it.each([
    [
      both(),
      [{ loss: 'cross-entropy' }],
      'MODEL_TRAIN',
      'has 2 outputs, and the loss cross-entropy does not say which',
    ],
    [oneHead, [], 'MODEL_TRAIN', 'There is no loss to train the model heads by.'],
    [oneHead, [{ loss: 'entropy' }], 'RECIPE_LOSS', 'There is no loss entropy.'],
    [oneHead, [{ loss: 'huber', delta: -1 }], 'RECIPE_LOSS', 'The loss term huber is not valid'],
    [
      oneHead,
      [{ loss: 'cosine', target: 'feature' }],
      'RECIPE_LOSS',
      'cosine: target: the model heads has no tensor feature',
    ],
    [oneHead, [{ loss: lonely }], 'MODEL_TRAIN', 'The loss lonely takes targets and nothing to compare them with.'],
    [
      oneHead,
      [{ loss: 'mean-squared-error', target: 'score' }],
      'MODEL_TRAIN',
      'A loss compares a [2,2] with score [2,1], whose shapes differ.',
    ],
    [
      oneHead,
      [{ loss: 'soft-cross-entropy', teacher: 'score' }],
      'MODEL_TRAIN',
      'A loss compares a [2,2] with score [2,1], whose shapes differ.',
    ],
    [
      oneHead,
      [{ loss: 'fsp', studentFrom: 'features', studentTo: 'a', teacherFrom: 'features', teacherTo: 'b' }],
      'MODEL_TRAIN',
      'The loss fsp takes feature maps [N, C, H, W], but features is [2,2].',
    ],
    [
      twoHeads(({ shares }) => [shares]),
      [{ loss: 'cross-entropy' }],
      'MODEL_TRAIN',
      'The loss cross-entropy takes logits, but shares are probabilities: node Softmax (Softmax) made them.',
    ],
    [
      oneHead,
      [{ loss: 'soft-cross-entropy', teacher: 'shares' }],
      'MODEL_TRAIN',
      'The loss soft-cross-entropy takes logits, but shares are probabilities',
    ],
    [
      twoHeads(({ score }) => [score]),
      [{ loss: 'cross-entropy' }],
      'MODEL_TRAIN',
      'The model heads has scores of one class only',
    ],
    [oneHead, [{ loss: vector }], 'MODEL_TRAIN', 'The loss vector gives a tensor [2,2], not one number.'],
  ] as const)('%#', (model, loss, code, message) => {
    expect(refused(model, loss)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }))
  })
})
