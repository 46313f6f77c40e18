import { createBuilder } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { describe, expect, it } from 'vitest'
import { proposePairs } from './propose-pairs.ts'
import { attention } from './strategies/attention.ts'
import { channelWise } from './strategies/channel-wise.ts'
import { l2 } from './strategies/l2.ts'
import { softLabel } from './strategies/soft-label.ts'
import { lesson, network } from './testing/lesson.ts'

const mobile = createModel('mobilenet-v1', { width: 0.25, input: [1, 28, 28], classes: 10, seed: 1 })
const deep = createModel('resnet', { depth: 18, width: 0.5, input: [1, 28, 28], classes: 10, seed: 1 })

describe('proposed pairs', () => {
  it('are the logits and the last layers of each size first', () => {
    const [first, ...others] = proposePairs(network(1), network(2, 1))
    expect(first).toEqual({
      student: { tensor: 'logits', shape: [4] },
      teacher: { tensor: 'logits', shape: [4] },
      strategies: ['distill.soft-label'],
      score: 1,
      reason: 'the scores of 4 classes, before any Softmax',
    })
    const lasts = others.slice(0, 3)
    expect(lasts.map(({ student, teacher }) => [student.tensor, teacher.tensor])).toEqual(
      [1, 2, 3].map(stage => [`stage${stage}/block1/Relu:0`, `stage${stage}/block1/Relu:0`]),
    )
    expect(lasts[2]).toMatchObject({
      student: { shape: [32, 2, 2] },
      teacher: { shape: [64, 2, 2] },
      strategies: ['distill.attention', 'distill.l2', 'distill.channel-wise'],
      score: 0.9,
      reason: 'the last of 2×2 pixels, after 86 % and 86 % of the nodes: an adapter from 32 to 64 channels',
    })
  })

  it('of equal channels need no adapter', () => {
    expect(proposePairs(network(1), network(2))[1]).toMatchObject({
      strategies: ['distill.l2', 'distill.channel-wise', 'distill.attention'],
      score: 1,
      reason: expect.stringContaining('8 channels each'),
    })
  })

  it('of models of other families go by size; what the teacher has no size for is averaged', () => {
    const pairs = proposePairs(mobile, deep).filter(({ reason }) => reason.startsWith('the last'))
    expect(pairs.map(({ student, teacher }) => [student.tensor, teacher.tensor])).toEqual([
      ['block11/pointwise/Relu:0', 'stage4/block2/Relu:0'],
      ['block1/pointwise/Relu:0', 'stage1/block2/Relu:0'],
      ['block13/pointwise/Relu:0', 'stage4/block2/Relu:0'],
      ['block3/pointwise/Relu:0', 'stage2/block2/Relu:0'],
      ['block5/pointwise/Relu:0', 'stage3/block2/Relu:0'],
    ])
    expect(pairs[2]?.reason).toContain('averaged to the smaller of 2×2 pixels and 4×4 pixels')
  })

  it('can all be compared by the strategies that they name', async () => {
    const strategies = { 'distill.l2': l2, 'distill.attention': attention, 'distill.channel-wise': channelWise }
    const { context } = lesson(deep)
    for (const { student, teacher, strategies: ids } of proposePairs(mobile, deep))
      for (const id of ids) {
        const pairs = [{ student: student.tensor, teacher: teacher.tensor }]
        const strategy = strategies[id as keyof typeof strategies]
        const result = strategy
          ? await strategy.prepare(mobile, strategy.options.parse({ pairs }) as never, context)
          : await softLabel.prepare(mobile, softLabel.options.parse({}), context)
        expect(result.training?.extend).toBeDefined()
      }
  })

  it('are none of models without sizes in common', () => {
    const b = createBuilder('vectors')
    b.output(b.Relu(b.input('input', 'float32', ['N', 3])))
    expect(proposePairs(b.build(), deep)).toEqual([])
  })
})
