import { digits, percentText } from '@pare/core-graph'
import { z } from 'zod'
import { type Line, lineChart } from '../charts/line-chart.ts'
import { type Html, html } from '../html.ts'
import { jsonView } from '../json-view.ts'
import { collapsible, counted } from '../table.ts'

const epoch = z.looseObject({
  epoch: z.number(),
  loss: z.number().nullable(),
  accuracy: z.number().nullable().optional(),
  terms: z.record(z.string(), z.number().nullable()).optional(),
  metrics: z.record(z.string(), z.number().nullable()),
})

/** What a training says of itself. */
export const trainingDetails = z.object({ best: epoch, epochs: z.array(epoch).min(1) })

type TrainingDetails = z.output<typeof trainingDetails>
type Epoch = z.output<typeof epoch>

const trainOptions = z.object({ best: z.object({ metric: z.string() }) })

/** How a training went, epoch by epoch. */
export function trainingView(caption: string, { best, epochs }: TrainingDetails, options: unknown): Html {
  const metric = trainOptions.safeParse(options).data?.best.metric
  const charts = [
    chart('Loss', best, [
      line('training', epochs, ({ loss }) => loss),
      line('validation', epochs, ({ metrics }) => metrics.loss),
    ]),
    chart('Accuracy', best, [
      line('training', epochs, ({ accuracy }) => accuracy),
      line('validation, top-1', epochs, ({ metrics }) => metrics.top1),
    ]),
    ...(metric === undefined || metric === 'loss' || metric === 'top1'
      ? []
      : [chart(metric, best, [line('validation', epochs, ({ metrics }) => metrics[metric])])]),
  ]
  const terms = Object.keys(epochs[0]?.terms ?? {})
  const ofTerms =
    terms.length > 1
      ? terms.map(term => chart(`Loss: ${term}`, best, [line('training', epochs, ({ terms }) => terms?.[term])]))
      : []
  return html`<h5>Epochs</h5>
<p>The model is that of epoch ${best.epoch} of ${epochs.length}${metric !== undefined && html`, the best by ${metric}`}; a dot marks it.</p>
<div class="charts">${[...charts, ...ofTerms]}</div>
${collapsible(`Figures of ${counted(epochs.length, 'epoch')}`, jsonView(epochs, `${caption}: epochs`))}`
}

const line = (name: string, epochs: readonly Epoch[], of: (epoch: Epoch) => number | null | undefined): Line => ({
  name,
  values: epochs.map(epoch => of(epoch) ?? null),
  colour: name === 'training' ? 'before' : 'after',
})

function chart(title: string, best: Epoch, lines: readonly Line[]): Html | false {
  const known = lines.filter(({ values }) => values.some(value => value !== null))
  const text = title === 'Accuracy' ? percentText : (value: number) => digits(value, 4)
  return known.length > 0 && lineChart({ title, lines: known, marked: best.epoch, text })
}
