import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { learningRateAt } from '../learning-rate.ts'
import { trainOptions } from '../train-options.ts'
import { schedules } from './registry.ts'

type Id = keyof typeof schedules

/** Options that have no default. */
const required: Partial<Record<Id, object>> = { step: { epochs: [2, 3] } }

/** Learning rates of all updates, of at most 1. */
function rates(
  schedule: { readonly kind: Id } & Readonly<Record<string, unknown>>,
  epochs: number,
  updatesPerEpoch: number,
) {
  const options = trainOptions.parse({
    epochs,
    optimizer: { learningRate: 1 },
    schedule: { ...required[schedule.kind], ...schedule },
  })
  return Array.from({ length: epochs * updatesPerEpoch }, (_, update) =>
    learningRateAt(update, updatesPerEpoch, options),
  )
}

const rounded = (values: readonly number[]) => values.map(value => Number(value.toFixed(4)))

describe.each(Object.keys(schedules) as Id[])('%s', kind => {
  test('is registered under its own id', () => expect(schedules[kind].id).toBe(kind))

  test('law: is a share of the highest learning rate, and rises in a line over the warm-up', () => {
    const counts = fc.integer({ min: 1, max: 8 })
    fc.assert(
      fc.property(counts, counts, fc.integer({ min: 0, max: 7 }), (epochs, updates, part) => {
        const warmup = (part / 8) * epochs
        const all = rates({ kind, warmupEpochs: warmup }, epochs, updates)
        for (const rate of all) {
          expect(rate).toBeGreaterThanOrEqual(0)
          expect(rate).toBeLessThanOrEqual(1)
        }
        const rise = Math.round(warmup * updates)
        for (const [update, rate] of all.slice(0, rise).entries()) expect(rate).toBeCloseTo((update + 1) / rise, 12)
      }),
    )
  })
})

describe('in numbers', () => {
  it('constant stays', () => {
    expect(rates({ kind: 'constant', warmupEpochs: 0 }, 2, 2)).toEqual([1, 1, 1, 1])
    expect(rates({ kind: 'constant', warmupEpochs: 1 }, 2, 2)).toEqual([0.5, 1, 1, 1])
  })

  it('the warm-up is an epoch unless that is much of the training: then a fifth of it', () => {
    expect(rounded(rates({ kind: 'constant' }, 1, 10))).toEqual([0.5, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    expect(rounded(rates({ kind: 'constant' }, 6, 4)).slice(0, 6)).toEqual([0.25, 0.5, 0.75, 1, 1, 1])
    expect(rounded(rates({ kind: 'one-cycle', start: 0.1 }, 1, 10)).slice(0, 4)).toEqual([0.1, 0.325, 0.775, 1])
  })

  it('step falls after the epochs named, counted from the start', () => {
    expect(rounded(rates({ kind: 'step', warmupEpochs: 0, epochs: [1, 2], factor: 0.1 }, 3, 2))).toEqual([
      1, 1, 0.1, 0.1, 0.01, 0.01,
    ])
    expect(rounded(rates({ kind: 'step', warmupEpochs: 1, epochs: [1.5] }, 2, 2))).toEqual([0.5, 1, 1, 0.1])
  })

  it('cosine is 1 after the warm-up, ½ half way, and would be 0 after the last update', () => {
    expect(rounded(rates({ kind: 'cosine', warmupEpochs: 0 }, 2, 2))).toEqual([1, 0.8536, 0.5, 0.1464])
    expect(rounded(rates({ kind: 'cosine', warmupEpochs: 1 }, 2, 2))).toEqual([0.5, 1, 1, 0.5])
  })

  it('one-cycle rises from its start to 1, and falls to its end', () => {
    const cycle = rates({ kind: 'one-cycle', rise: 0.5, start: 0.1, end: 0 }, 1, 8)
    expect(rounded(cycle)).toEqual([0.1, 0.2318, 0.55, 0.8682, 1, 0.8536, 0.5, 0.1464])
  })
})

describe('in a recipe', () => {
  it('a schedule without a kind is cosine, an optimizer without one SGD', () => {
    const { schedule, optimizer } = trainOptions.parse({
      schedule: { warmupEpochs: 2 },
      optimizer: { learningRate: 0.2 },
    })
    expect(schedule).toEqual({ kind: 'cosine', warmupEpochs: 2 })
    expect(optimizer).toEqual({ kind: 'sgd', learningRate: 0.2, momentum: 0.9, nesterov: false, weightDecay: 1e-4 })
  })

  it('options of another kind are told, and so is a kind that is none', () => {
    const problem = (given: unknown) => trainOptions.safeParse(given).error?.issues[0]
    expect(problem({ optimizer: { kind: 'adamw', momentum: 0.9 } })).toMatchObject({ keys: ['momentum'] })
    expect(problem({ epochs: 2, schedule: { warmupEpochs: 2 } })).toMatchObject({
      path: ['schedule', 'warmupEpochs'],
      message: expect.stringContaining('must be shorter than the training'),
    })
    expect(problem({ schedule: { kind: 'linear' } })?.message).toBe('expected one of constant, cosine, one-cycle, step')
  })
})
