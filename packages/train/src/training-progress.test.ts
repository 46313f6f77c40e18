import { expect, test } from 'vitest'
import { progressClock } from './training-progress.ts'

const sums = (steps: number) => ({ steps, loss: 2 * steps, terms: { own: steps }, right: 4 * steps })

test('speed is that of the epoch, the time left that of all steps since training began or went on', () => {
  let now = 1000
  const clock = progressClock({ epochs: 3, steps: 10, batchSize: 8 }, () => now)
  // Gone on with within the second epoch: 6 of 10 steps are left of it, and 10 of the third.
  clock.beginEpoch(2, 4)
  now += 2000
  expect(clock.after(sums(5), 0.1)).toEqual({
    epoch: 2,
    epochs: 3,
    step: 5,
    steps: 10,
    loss: 2,
    terms: { own: 1 },
    accuracy: 0.5,
    learningRate: 0.1,
    samplesPerSecond: 4,
    secondsLeft: 2 * 15,
  })
  now += 10_000
  clock.after(sums(10), 0.1)
  // An evaluation of 8 s counts as time that steps take, but not in the speed of the next epoch.
  now += 8000
  clock.beginEpoch(3, 0)
  now += 2000
  expect(clock.after(sums(1), 0.1)).toMatchObject({ samplesPerSecond: 4, secondsLeft: (22 / 7) * 9 })
})
