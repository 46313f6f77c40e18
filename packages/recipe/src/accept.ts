import { z } from 'zod'

/** Bounds on the result of a run. Every one is optional. */
export const acceptSchema = z.strictObject({
  accuracyDrop: z
    .number()
    .optional()
    .describe('Top-1 accuracy may fall by at most so many percentage points, such as 0.3. Needs labels.'),
  size: z
    .number()
    .positive()
    .optional()
    .describe('Bytes of the result as a share of the float file with BatchNorm folded, at most, such as 0.3.'),
  latency: z
    .number()
    .positive()
    .optional()
    .describe('Median latency of one sample as a share of the float model, at most, such as 1.'),
  agreement: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Share of samples on which the top-1 class is that of the float model, at least, such as 0.98.'),
  sqnr: z
    .number()
    .optional()
    .describe('Signal-to-quantization-noise ratio of the output against the float model in dB, at least, such as 20.'),
})

export type Accept = z.output<typeof acceptSchema>

/** The figures that bounds are checked against; undefined where they could not be measured. */
export interface AcceptFigures {
  /** Percentage points. */
  readonly accuracyDrop: number | undefined
  /** Share of the float model. */
  readonly size: number
  /** Share of the float model. */
  readonly latency: number | undefined
  readonly agreement: number | undefined
  /** dB; infinite where nothing differs. */
  readonly sqnr: number | undefined
}

/** Whether a result keeps the bounds of its recipe. */
export interface Verdict {
  readonly accepted: boolean
  /** One sentence for each bound that was not kept. */
  readonly reasons: readonly string[]
}

interface Bound {
  readonly kind: 'most' | 'least'
  readonly say: (value: number) => string
  /** What its figure is measured by. */
  readonly needs: string
}

const bounds: Readonly<Record<keyof Accept, Bound>> = {
  accuracyDrop: {
    kind: 'most',
    say: value => `the accuracy falls by ${value.toFixed(2)} points`,
    needs: 'validation data with labels (or an evaluation of your own that gives top1)',
  },
  size: { kind: 'most', say: value => `the size is ${value.toFixed(3)} of the float file`, needs: 'a model' },
  latency: {
    kind: 'most',
    say: value => `the latency is ${value.toFixed(2)} of the float model's`,
    needs: 'inputs of a fixed size, and a model that runs on zeros (a note says what stood in the way)',
  },
  agreement: {
    kind: 'least',
    say: value => `the top-1 class agrees on ${(100 * value).toFixed(2)} % of the samples`,
    needs: 'validation data and an output of class scores',
  },
  sqnr: {
    kind: 'least',
    say: value => `the output's signal-to-noise ratio is ${value.toFixed(1)} dB`,
    needs: 'validation data',
  },
}

/** Whether every bound is kept. A bound whose figure could not be measured is not kept. */
export function judge(accept: Accept, figures: AcceptFigures): Verdict {
  const reasons = Object.entries(bounds).flatMap(([name, { kind, say, needs }]) => {
    const key = name as keyof Accept
    const bound = accept[key]
    if (bound === undefined) return []
    const value = figures[key]
    if (value === undefined) return [`${key} could not be measured: it needs ${needs}`]
    if (kind === 'most' ? value <= bound : value >= bound) return []
    return [`${say(value)}; the bound is at ${kind} ${bound}`]
  })
  return { accepted: reasons.length === 0, reasons }
}
