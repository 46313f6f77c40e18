import { createModel } from '@pare/models'
import { expect, test } from 'vitest'
import { prunableReport } from './prunable-report.ts'

test('a channel costs what it takes to make it, to filter it, and to read it', () => {
  // 28×28 pixels: the stem makes 8 channels of one; block1 filters them 3×3, and makes 8 more of them.
  const report = prunableReport(createModel('mobilenet-v1', { width: 0.125, input: [1, 28, 28], classes: 10 }))
  expect(report.groups[0]).toEqual({
    name: 'stem/Conv',
    channels: 8,
    makers: ['stem/Conv'],
    followers: ['stem/BatchNormalization', 'block1/depthwise/Conv', 'block1/depthwise/BatchNormalization'],
    readers: ['block1/pointwise/Conv'],
    parameters: 9 + 4 + 9 + 4 + 8,
    macs: 28 * 28 * (9 + 9 + 8),
  })
  expect(report.groups.length).toBe(14)
  expect(report.kept.map(({ node }) => node)).toEqual(['classifier/Gemm'])
})
