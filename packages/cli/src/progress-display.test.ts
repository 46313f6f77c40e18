import type { RunEvent, RunEventBody } from '@pare/recipe'
import { expect, test } from 'vitest'
import { progressDisplay } from './progress-display.ts'

const at = (body: RunEventBody): RunEvent => ({ time: '2026-01-01T00:00:00Z', ...body })
const begin = at({ type: 'run-start', folder: 'run', steps: ['first', 'second'], resumed: false })
const progress = (done: number) =>
  at({ type: 'progress', step: 'first', progress: { done, total: 10, unit: 'samples' } })

test.each([true, false])('a run that fails in its first step closes the display (drawn: %s)', async isInteractive => {
  const told: string[] = []
  const display = progressDisplay({ isInteractive, warn: text => told.push(text) }, false)
  for (const event of [begin, at({ type: 'step-start', step: 'first' }), progress(1)]) display.listener(event)
  display.listener(at({ type: 'note', step: 'first', message: 'something to know' }))
  await display.close(new Error('The disk is full.'))
  expect(told).toContain('first: something to know\n')
})

test('a training tells its own speed and time left, and each of its epochs', async () => {
  const told: string[] = []
  const display = progressDisplay({ isInteractive: false, warn: text => told.push(text) }, false)
  const values = { epoch: 2, loss: 0.31234, learningRate: 0.05 }
  const steps = { done: 120, total: 1000, unit: 'steps', samplesPerSecond: 1850.4, secondsLeft: 75, values }
  const result = { epoch: 2, loss: 0.5, accuracy: 0.75, terms: {}, metrics: { top1: 0.8 } }
  display.listener(at({ type: 'step-start', step: 'first' }))
  display.listener(at({ type: 'progress', step: 'first', progress: steps }))
  display.listener(at({ type: 'epoch', step: 'first', result }))
  display.listener(at({ type: 'epoch', step: 'first', result: { epoch: 3, loss: 0.25, terms: {}, metrics: {} } }))
  await display.close()
  expect(told.slice(1)).toEqual([
    'first: 120 of 1,000 steps, 1,850 samples a second, 1 min 15 s left, epoch 2, loss 0.3123, learning rate 0.05\n',
    'first: epoch 2: loss 0.5, accuracy 0.75; on the validation data top1 0.8\n',
    'first: epoch 3: loss 0.25\n',
  ])
})

test('without a terminal there are lines: of each step, and of its progress now and then', async () => {
  const told: string[] = []
  const display = progressDisplay({ isInteractive: false, warn: text => told.push(text) }, false)
  const end = at({ type: 'step-end', step: 'first', seconds: 61.2, resumed: false })
  for (const event of [begin, at({ type: 'step-start', step: 'first' }), progress(1), progress(2), end])
    display.listener(event)
  await display.close()
  expect(told).toEqual(['first …\n', 'first: 1 of 10 samples\n', 'first done in 1 min 1 s\n'])
})
