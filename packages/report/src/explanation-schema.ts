import { z } from 'zod'

const fidelity = z.object({
  /** dB; null where nothing differs. */
  sqnr: z.number().nullable(),
  agreement: z.number().optional(),
})

const experiment = z.object({
  change: z.record(z.string(), z.unknown()),
  before: fidelity,
  after: fidelity,
  gain: z.number(),
})

/** What a report takes of a run's explain.json; every `Explanation` of @pare/quant is one. */
export const explanationSchema = z.object({
  before: fidelity,
  samples: z.number(),
  findings: z
    .array(
      z.object({
        title: z.string(),
        nodes: z.array(z.string()).readonly(),
        sentence: z.string(),
        advice: z.string(),
        experiment: experiment.optional(),
        confirmed: z.boolean(),
      }),
    )
    .readonly(),
  layers: z
    .array(
      z.object({
        node: z.string(),
        op: z.string(),
        sqnr: z.number().nullable(),
        inFloat: experiment,
        cause: z.string().optional(),
      }),
    )
    .readonly(),
  notes: z.array(z.string()).readonly(),
})

export type ReportedExplanation = z.output<typeof explanationSchema>
