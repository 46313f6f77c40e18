import { createBuilder, createRandom, type Graph, tensorFloats, tensorNumbers, tensorOf } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { createExecutor } from '@pare/runtime'
import { expect, test } from 'vitest'
import { type ChannelGroup, channelGroups } from './channels/channel-groups.ts'
import { groupScores, normalized, rankedChannels } from './group-importance.ts'
import { patternClasses, patternShape, patterns, testContext } from './testing/patterns.ts'

const executor = createExecutor({ threads: 1 })
const small = { input: [...patternShape] as [number, number, number], classes: patternClasses, seed: 1 }
const resnet = createModel('resnet', { depth: 8, width: 0.25, ...small })

/** Mean cross-entropy of a batch, from what onnxruntime gives, in float64. */
async function lossOf(graph: Graph, samples: number): Promise<number> {
  await using session = await executor.open(graph, { optimize: false })
  let loss = 0
  for await (const { inputs, labels, size } of patterns(128, 2).batches({
    batchSize: samples,
    limit: samples,
    shuffle: { seed: 1, epoch: 0 },
  })) {
    const scores = Array.from((await session.run(inputs)).logits?.data ?? [], Number)
    for (let row = 0; row < size; row++) {
      const own = scores.slice(row * patternClasses, (row + 1) * patternClasses)
      loss += Math.log(own.reduce((sum, score) => sum + Math.exp(score), 0)) - (own[labels?.[row] ?? 0] ?? 0)
    }
  }
  return loss / samples
}

/** The graph with the weights that make a channel times a factor. */
function scaled(graph: Graph, { members }: ChannelGroup, channel: number, factor: number): Graph {
  const initializers = new Map(graph.initializers)
  for (const { tensor, role, axis, indices } of members) {
    const weight = initializers.get(tensor)
    if (role !== 'makes' || !weight || axis !== 0) continue
    const values = tensorFloats(weight).slice()
    const size = values.length / (weight.dims[0] ?? 1)
    for (const place of indices[channel] ?? [])
      for (let at = place * size; at < (place + 1) * size; at++) values[at] = (values[at] ?? 0) * factor
    initializers.set(tensor, tensorOf('float32', weight.dims, values))
  }
  return { ...graph, initializers }
}

test('taylor: the slope of the loss as the weights of a channel shrink, by finite differences', async () => {
  const { groups } = channelGroups(resnet)
  const group = groups.find(({ makers }) => makers.length === 1)
  if (!group) throw new Error('There is a group of one layer.')
  const scores = await groupScores(resnet, [group], { taylor: { samples: 16, batchSize: 16 } }, testContext())
  for (const [channel, score] of (scores.get(group.name) ?? []).entries()) {
    const [more, less] = [
      await lossOf(scaled(resnet, group, channel, 1.002), 16),
      await lossOf(scaled(resnet, group, channel, 0.998), 16),
    ]
    expect(score).toBeCloseTo(Math.abs(more - less) / 0.004, 3)
  }
})

test('zeros: the shares of zeros behind each Relu, counted', async () => {
  const model = createModel('mobilenet-v1', { width: 0.25, ...small })
  const [group] = channelGroups(model).groups
  if (!group) throw new Error('There is a group.')
  const scores = await groupScores(model, [group], { zeros: { samples: 24, batchSize: 10 } }, testContext())
  const rectified = group.values.filter(({ value }) =>
    model.nodes.some(({ op, outputs }) => op === 'Relu' && outputs[0] === value),
  )
  expect(rectified).toHaveLength(2)
  const outputs = rectified.map(({ value }) => ({ name: value, type: undefined }))
  await using session = await executor.open({ ...model, outputs }, { optimize: false })
  const counts = Array<number>(group.channels).fill(0)
  let elements = 0
  for await (const { inputs } of patterns(64, 1).batches({ batchSize: 24, limit: 24, shuffle: { seed: 1, epoch: 0 } }))
    for (const { data, dims } of Object.values(await session.run(inputs))) {
      const size = (dims[2] ?? 1) * (dims[3] ?? 1)
      elements = (dims[0] ?? 1) * size
      for (const [place, value] of data.entries())
        if (Number(value) === 0) {
          const channel = Math.floor(place / size) % group.channels
          counts[channel] = (counts[channel] ?? 0) + 1
        }
    }
  for (const [channel, score] of (scores.get(group.name) ?? []).entries())
    expect(score).toBeCloseTo(1 - (counts[channel] ?? 0) / elements / 2, 5)
})

test('whole groups: the mean over all layers that make the channels', async () => {
  const group = channelGroups(resnet).groups.find(({ makers }) => makers.length === 2)
  if (!group) throw new Error('A residual connection joins two layers.')
  const scores = await groupScores(resnet, [group], 'l1-norm', testContext())
  const norms = group.members
    .filter(({ role }) => role === 'makes')
    .map(({ tensor }) => {
      const weight = resnet.initializers.get(tensor)
      const values = weight ? tensorNumbers(weight) : []
      const size = values.length / group.channels
      return Array.from({ length: group.channels }, (_, channel) =>
        values.slice(channel * size, (channel + 1) * size).reduce((sum, value) => sum + Math.abs(value), 0),
      )
    })
  expect(norms).toHaveLength(2)
  for (const [channel, score] of (scores.get(group.name) ?? []).entries())
    expect(score).toBeCloseTo(((norms[0]?.[channel] ?? 0) + (norms[1]?.[channel] ?? 0)) / 2, 4)
})

test('quantized weights are judged as their layer sees them, with each scale', async () => {
  const b = createBuilder('int8')
  const x = b.input('input', 'float32', ['N', 1, 8, 8])
  const random = createRandom(1)
  const levels = Int8Array.from({ length: 4 * 9 }, () => random() * 200 - 100)
  const scales = [0.5, 0.001, 0.1, 0.01]
  const weight = b.DequantizeLinear(
    b.initializer('weight', tensorOf('int8', [4, 1, 3, 3], levels)),
    b.initializer('scale', tensorOf('float32', [4], scales)),
    undefined,
    { axis: 0 },
  )
  const y = b.Relu(b.Conv(x, weight, undefined, { kernel_shape: [3, 3] }))
  const second = b.initializer(
    'second',
    tensorOf(
      'float32',
      [4, 4, 3, 3],
      new Float32Array(144).map(() => random()),
    ),
  )
  b.output(b.Conv(y, second, undefined, { kernel_shape: [3, 3] }))
  const graph = b.build()
  const { groups } = channelGroups(graph)
  expect(groups).toHaveLength(1)
  const scores = await groupScores(graph, groups, 'l1-norm', testContext())
  const [own = []] = scores.values()
  for (const [channel, score] of own.entries())
    expect(score).toBeCloseTo(
      levels.slice(channel * 9, channel * 9 + 9).reduce((sum, level) => sum + Math.abs(level), 0) *
        (scales[channel] ?? 0),
      3,
    )
})

test('a group without what the criterion looks at is judged by l1-norm, and told', async () => {
  const context = testContext()
  const { groups } = channelGroups(createModel('mobilenet-v2', { width: 0.35, ...small }))
  const group = groups.find(({ name }) => name.includes('project'))
  const model = createModel('mobilenet-v2', { width: 0.35, ...small })
  const scores = await groupScores(model, group ? [group] : [], 'zeros', context)
  expect(scores).toEqual(await groupScores(model, group ? [group] : [], 'l1-norm', testContext()))
  expect(context.notes).toEqual([expect.stringContaining('judged by l1-norm instead')])
})

test('taylor without labels is refused', async () => {
  const { groups } = channelGroups(resnet)
  const context = testContext({ train: patterns(32, 1, false) })
  await expect(groupScores(resnet, groups, 'taylor', context)).rejects.toMatchObject({ code: 'DATA_LABELS' })
})

test('normalized by the mean or the greatest; ranked from the least on, of equal ones the first', () => {
  expect(normalized([1, 3, 2], 'mean')).toEqual([0.5, 1.5, 1])
  expect(normalized([1, 4, 2], 'max')).toEqual([0.25, 1, 0.5])
  expect(normalized([0, 0], 'mean')).toEqual([0, 0])
  expect(rankedChannels([3, 1, 2, 1])).toEqual([1, 3, 2, 0])
})
