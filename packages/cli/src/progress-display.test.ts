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

test('without a terminal there are lines: of each step, and of its progress now and then', async () => {
  const told: string[] = []
  const display = progressDisplay({ isInteractive: false, warn: text => told.push(text) }, false)
  const end = at({ type: 'step-end', step: 'first', seconds: 61.2, resumed: false })
  for (const event of [begin, at({ type: 'step-start', step: 'first' }), progress(1), progress(2), end])
    display.listener(event)
  await display.close()
  expect(told).toEqual(['first …\n', 'first: 1 of 10 samples\n', 'first done in 1 min 1 s\n'])
})
