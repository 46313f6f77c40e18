import {
  cost,
  type Graph,
  RecipeError,
  type StrategyContext,
  savedBytes,
  simplify,
  simplifyUnfolded,
} from '@pare/core-graph'
import { z } from 'zod'

const share = z.number().gt(0).lt(1)

/** What is to become smaller, and the share of it that is left. */
export const targetOption = z
  .strictObject({
    macs: share.optional().describe('Share of the multiply-adds that is left, such as 0.5'),
    parameters: share.optional().describe('Share of the weights that is left'),
    bytes: share.optional().describe("Share of the file's bytes that is left, BatchNormalization folded"),
    latency: share
      .optional()
      .describe("Share of the measured latency on the target's engine that is left; differs from run to run"),
    'flops-v1.4': share
      .optional()
      .describe(
        'Share of the FLOPs as PaddleSlim 1.4 counted them (depthwise convolutions next to nothing) that is left',
      ),
  })
  .refine(target => Object.values(target).filter(value => value !== undefined).length === 1, {
    error: 'expected one of macs, parameters, bytes, latency, flops-v1.4, such as { macs: 0.5 }',
  })
  .describe('What is to become smaller, and the share of it that is left')

export type TargetOption = z.output<typeof targetOption>

/** What is measured of a graph; the same for every run unless it is a latency. */
export interface Measure {
  readonly id: keyof TargetOption
  readonly unit: string
  readonly of: (graph: Graph) => Promise<number>
}

/** A measure and how much of it is to be left. */
export interface Target {
  readonly measure: Measure
  /** Of the graph before the stage. */
  readonly before: number
  /** Share of `before` that is left: in round i of k, the recipe's to the power of i/k. */
  readonly share: number
}

/**
 * The target of this round: after all k rounds the recipe's share of the graph before the first is left, each taking the
 * same share of what the one before left (as PaddleSlim's 1 − (1 − target)^(1/k)).
 */
export async function targetOf(
  graph: Graph,
  option: TargetOption,
  { round, latency }: Pick<StrategyContext, 'round' | 'latency'>,
): Promise<Target> {
  const measure = measureOf(option, latency)
  const before = await measure.of(round ? simplifyUnfolded(round.before) : graph)
  const share = option[measure.id] ?? 1
  return { measure, before, share: round ? share ** (round.number / round.rounds) : share }
}

function measureOf(option: TargetOption, latency: StrategyContext['latency']): Measure {
  if (option.macs !== undefined) return { id: 'macs', unit: 'multiply-adds', of: async graph => cost(graph).total.macs }
  if (option.parameters !== undefined)
    return { id: 'parameters', unit: 'parameters', of: async graph => cost(graph).total.parameters }
  if (option.bytes !== undefined)
    return { id: 'bytes', unit: 'bytes', of: async graph => savedBytes(simplify(graph).graph) }
  if (option['flops-v1.4'] !== undefined)
    return {
      id: 'flops-v1.4',
      unit: 'FLOPs',
      of: async graph => cost(graph, { convention: 'v1.4' }).total.flops ?? 0,
    }
  if (latency) return { id: 'latency', unit: 'ms', of: latency }
  throw new RecipeError({
    code: 'RECIPE_NEED',
    message: 'The target is a latency, and nothing was given to measure it with.',
    hint: 'Use macs, parameters or bytes, or hand in a function that measures.',
  })
}
