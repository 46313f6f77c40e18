import { z } from 'zod'

/** A share, a loss: null is what JSON makes of NaN and infinity. */
const figure = z.number().nullable()

const latency = z.object({
  /** Milliseconds. */
  median: z.number(),
  quartiles: z.tuple([z.number(), z.number()]).readonly(),
})

const nodeCost = z.object({
  node: z.string(),
  op: z.string(),
  macs: z.number(),
  parameters: z.number(),
  parameterBytes: z.number(),
})

const figures = z.object({
  metrics: z.record(z.string(), figure).optional(),
  bytes: z.number(),
  macs: z.number().optional(),
  parameters: z.number(),
  latency: latency.optional(),
  nodes: z.array(nodeCost).readonly().optional(),
})

const similarity = {
  /** dB; null where nothing differs. */
  sqnr: z.number().nullable(),
  cosine: z.number(),
  maxDifference: z.number(),
}

const fidelity = z.object({
  ...similarity,
  output: z.string(),
  samples: z.number(),
  agreement: z.number().optional(),
  /** Nats; null where it is infinite. */
  divergence: z.number().nullable().optional(),
  layers: z.array(z.object({ value: z.string(), node: z.string(), op: z.string(), ...similarity })).readonly(),
  unmatched: z.array(z.object({ value: z.string(), reason: z.string() })).readonly(),
})

const saturation = z.object({
  node: z.string(),
  op: z.string(),
  pairs: z.object({ risky: z.number(), all: z.number() }),
  elements: z.object({ saturated: z.number(), all: z.number() }),
  /** Share of the greatest magnitude that 16 bits hold. */
  worst: z.number(),
})

const part = z.object({
  part: z.string(),
  options: z.unknown().optional(),
  details: z.unknown().optional(),
  round: z.number().optional(),
})

const stage = z.object({
  name: z.string(),
  rounds: z.number().optional(),
  bytes: z.number().optional(),
  figures: figures.pick({ metrics: true, macs: true, parameters: true }).optional(),
  details: z.array(part).readonly(),
})

const shape = {
  verdict: z.object({ accepted: z.boolean(), reasons: z.array(z.string()).readonly() }),
  folder: z.string(),
  model: z.string(),
  before: figures,
  after: figures,
  fidelity: fidelity.optional(),
  target: z.string().optional(),
  latencies: z
    .array(z.object({ engine: z.string(), before: latency, after: latency }))
    .readonly()
    .optional(),
  notWorthIt: z.array(z.string()).readonly().optional(),
  saturation: z.array(saturation).readonly().optional(),
  stages: z.array(stage).readonly(),
  notes: z.array(z.string()).readonly(),
  origin: z.object({ name: z.string(), file: z.string().optional(), baseDirectory: z.string() }).optional(),
  plugins: z
    .array(z.object({ plugin: z.string(), version: z.string().optional(), strategies: z.array(z.string()).readonly() }))
    .readonly()
    .optional(),
  accept: z.record(z.string(), z.number().optional()).optional(),
  seed: z.number().optional(),
  finished: z.iso.datetime().optional(),
  seconds: z.number(),
  environment: z.object({
    pare: z.string(),
    node: z.string(),
    onnxruntime: z.string(),
    platform: z.string(),
    processor: z.string(),
    cores: z.number(),
  }),
}

/**
 * What a report takes of a run's result; every `RunResult` is one. What later versions of Pare add is optional, so that
 * the runs of earlier ones can still be shown.
 */
export const runSchema = z.object(shape)

export type ReportedRun = z.output<typeof runSchema>
export type ReportedFigures = ReportedRun['before']
export type ReportedStage = ReportedRun['stages'][number]

/** What a result holds beside that: shown as it is. */
export const otherResults = (run: ReportedRun): readonly (readonly [string, unknown])[] =>
  Object.entries(run).filter(([key, value]) => !Object.hasOwn(shape, key) && value !== undefined)
