import { expect, test } from 'vitest'
import { killRuns } from './testing/kill-runs.ts'

test('runs that are killed at random moments, and again while they are resumed, end in the same files', async () => {
  const { kills, finished, phases } = await killRuns({ kills: 12, seed: 1 })
  expect(kills).toBe(12)
  expect(finished).toBeGreaterThan(0)
  expect(Object.keys(phases).length).toBeGreaterThan(2)
}, 300_000)
