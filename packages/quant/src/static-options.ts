import { nodePatterns } from '@pare/core-graph'
import { z } from 'zod'
import type { AnyObserver } from './observer.ts'
import { observers } from './observers/registry.ts'

type ObserverId = keyof typeof observers

const ids = Object.keys(observers) as [ObserverId, ...ObserverId[]]
const registry: Readonly<Record<string, AnyObserver | undefined>> = observers

const withOptions = ids.map(id => z.strictObject({ [id]: observers[id].options }))

/** An observer's id, or the id with its options: `percentile`, `{ percentile: { percentile: 99.9 } }`. */
const observerOption = z
  .union([z.enum(ids), ...withOptions], {
    error: `expected one of ${ids.join(', ')}, or one with its options, such as { percentile: { percentile: 99.9 } }`,
  })
  .default('min-max')
  .describe(
    `How the ranges of activations are chosen. ${Object.values(observers)
      .map(({ id, description }) => `${id}: ${description}`)
      .join(' ')}`,
  )

/** The options of `quant.static`. */
export const staticOptions = z.strictObject({
  observer: observerOption,
  samples: z
    .int()
    .positive()
    .default(512)
    .describe("Calibration samples: the first of a shuffle by the seed, or of a stream's own order"),
  batchSize: z
    .int()
    .positive()
    .default(32)
    .describe('Calibration samples that run at a time, at most: fewer where their values would take more than 64 MiB'),
  activations: z
    .enum(['uint8', 'int8'])
    .default('uint8')
    .describe('Type of the activations; onnxruntime is fastest with uint8'),
  symmetric: z
    .boolean()
    .default(false)
    .describe(
      'Put the zero point of activations in the middle of the type, for engines that need it; half of the levels are lost after Relu, and onnxruntime then computes a Conv with its Relu in float',
    ),
  perChannel: z
    .boolean()
    .default(true)
    .describe('A scale for each output channel of the weights rather than one for the whole tensor'),
  include: nodePatterns.optional().describe(`Quantize only these. ${nodePatterns.description}`),
  exclude: nodePatterns.default([]).describe(`Leave these float. ${nodePatterns.description}`),
})

export type StaticOptions = z.output<typeof staticOptions>

/** The observer that the option names, and its own options. */
export function observerOf(option: StaticOptions['observer']): { observer: AnyObserver; options: unknown } {
  const [id, options] = typeof option === 'string' ? [option, {}] : (Object.entries(option)[0] ?? ['min-max', {}])
  return { observer: registry[id] ?? observers['min-max'], options }
}
