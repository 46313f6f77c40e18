import type { Executor, TensorMap } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { describe, expect, it } from 'vitest'
import { loweringFacts } from './probe.ts'

/** An executor whose sessions give what they are told to. */
const fake = (run: () => Promise<TensorMap>): Executor => ({
  open: async () => ({
    inputNames: [],
    outputNames: [],
    run,
    dispose: async () => {},
    [Symbol.asyncDispose]: async () => {},
  }),
})
const weights = (...order: number[]): TensorMap => ({
  y: { dataType: 'float32', dims: [order.length], data: Float32Array.from(order) },
})
const counted = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, place) => from + place)

describe('the block of blocked convolutions', () => {
  it('is read off the order in which the weights of 16 channels come out', async () => {
    const sixteen = weights(...counted(1, 16), ...counted(1, 16))
    const eight = weights(...counted(1, 8), ...counted(1, 8), ...counted(9, 16), ...counted(9, 16))
    expect(await loweringFacts(fake(async () => sixteen))).toEqual({ block: 16 })
    expect(await loweringFacts(fake(async () => eight))).toEqual({ block: 8 })
  })

  it('is none where the order is another, as that of channels one after the other', async () => {
    const plain = weights(...counted(1, 16).flatMap(weight => [weight, weight]))
    const facts = await loweringFacts(fake(async () => plain))
    expect(facts).toEqual({ block: undefined, reason: 'the layout of blocked convolutions is not known here' })
  })

  it('is none where the runtime does not take them', async () => {
    const facts = await loweringFacts(fake(() => Promise.reject(new Error('No such operator'))))
    expect(facts).toEqual({ block: undefined, reason: 'the runtime has no blocked convolutions (No such operator)' })
  })

  it('is looked for once for each executor', async () => {
    let runs = 0
    const executor = fake(async () => {
      runs++
      return weights()
    })
    await Promise.all([loweringFacts(executor), loweringFacts(executor)])
    expect(runs).toBe(1)
  })

  it('is 16, 8 or none in onnxruntime', async () => {
    expect([16, 8, undefined]).toContain((await loweringFacts(createExecutor({ threads: 1 }))).block)
  })
})
