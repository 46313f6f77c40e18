import { bytesText, countText, digits } from '@pare/core-graph'
import { z } from 'zod'
import { type Content, type Html, html } from '../html.ts'
import { jsonView } from '../json-view.ts'
import { isFigure, metricText } from '../metric-text.ts'
import type { ReportedRun, ReportedStage } from '../run-schema.ts'
import { collapsible, counted, missing, name, numberColumn, table, textColumn } from '../table.ts'
import { pruningDetails, pruningView } from './pruning.ts'
import { trainingDetails, trainingView } from './training.ts'

/** What each stage did, with which options. */
export const stagesView = ({ stages }: ReportedRun): readonly Html[] => stages.map(stageView)

const stageView = ({ name: stage, rounds = 1, bytes, figures, details }: ReportedStage): Html => html`<h3>${stage}</h3>
${rounds > 1 && html`<p>Gone through ${rounds} times.</p>`}
${bytes !== undefined && html`<p>The model after it: ${[bytesText(bytes), ...figureTexts(figures)].join(', ')}.</p>`}
${details.map(part => partView(stage, part))}`

/** The first metric and the multiply-adds. */
function figureTexts(figures: ReportedStage['figures']): readonly string[] {
  const [metric, value] = Object.entries(figures?.metrics ?? {})[0] ?? []
  return [
    ...(metric !== undefined && isFigure(value) ? [`${metric} ${metricText(metric, value)}`] : []),
    ...(figures?.macs === undefined ? [] : [`${countText(figures.macs)} multiply-adds`]),
  ]
}

function partView(stage: string, { part, options, details, round }: ReportedStage['details'][number]): Html {
  const caption = `${stage}, ${part}${round === undefined ? '' : `, round ${round}`}`
  return html`<h4>${name(part)}${round !== undefined && `, round ${round}`}</h4>
${options !== undefined && (round ?? 1) === 1 && html`<h5>Options</h5>${jsonView(options, `${caption}: options`)}`}
${detailsView(caption, details, options)}`
}

/** What of a strategy's details has a form of its own; whichever strategy gives it. */
const knownDetails = z.object({
  quantized: z.array(z.object({ node: z.string(), op: z.string() })).optional(),
  kept: z
    .array(z.object({ node: z.string(), op: z.string(), tensor: z.string().optional(), reason: z.string() }))
    .optional(),
  values: z
    .array(
      z.object({
        name: z.string(),
        range: z.object({ low: z.number(), high: z.number() }).optional(),
        dataType: z.string(),
        scale: z.number(),
        zeroPoint: z.number(),
      }),
    )
    .optional(),
  notes: z.array(z.string()).optional(),
})

type KnownDetails = z.output<typeof knownDetails>

function detailsView(caption: string, details: unknown, options: unknown): Content {
  if (details === undefined || details === null) return undefined
  const training = trainingDetails.safeParse(details)
  if (training.success) return trainingView(caption, training.data, options)
  const pruning = pruningDetails.safeParse(details)
  if (pruning.success) return pruningView(caption, pruning.data)
  const { success, data } = knownDetails.safeParse(details)
  if (!success) return jsonView(details, caption)
  const rest = Object.fromEntries(Object.entries(details).filter(([key]) => !Object.hasOwn(knownDetails.shape, key)))
  return [
    Object.keys(rest).length > 0 && html`<h5>What it did</h5>${jsonView(rest, caption)}`,
    quantizedView(data),
    data.notes &&
      data.notes.length > 0 &&
      html`<h5>Notes</h5><ul>${data.notes.map(note => html`<li>${note}</li>`)}</ul>`,
    data.kept && keptView(data.kept),
    data.values && data.values.length > 0 && rangesView(data.values),
  ]
}

function quantizedView({ quantized }: KnownDetails): Content {
  if (!quantized) return undefined
  const counts = new Map<string, number>()
  for (const { op } of quantized) counts.set(op, (counts.get(op) ?? 0) + 1)
  const list = [...counts].map(([op, count]) => `${count} ${op}`).join(', ')
  return html`<p>${counted(quantized.length, 'node')} in integers${list && ': '}${list}.</p>`
}

function keptView(kept: NonNullable<KnownDetails['kept']>): Html {
  if (kept.length === 0) return html`<p>Nothing that could be quantized stays float.</p>`
  const hasTensors = kept.some(({ tensor }) => tensor !== undefined)
  return html`<h5>What stays float, and why</h5>
${table(
  'What stays float, and why',
  ['node', 'operator', ...(hasTensors ? ['tensor'] : []), 'reason'].map(textColumn),
  kept.map(({ node, op, tensor, reason }) => [
    name(node),
    op,
    ...(hasTensors ? [tensor === undefined ? missing : name(tensor)] : []),
    reason,
  ]),
)}`
}

const rangesView = (values: NonNullable<KnownDetails['values']>): Html =>
  collapsible(`Ranges of ${counted(values.length, 'value')}`, [
    table(
      'Ranges seen on the calibration samples, and what they are mapped by',
      [
        textColumn('value'),
        numberColumn('low'),
        numberColumn('high'),
        textColumn('type'),
        numberColumn('scale'),
        numberColumn('zero point'),
      ],
      values.map(({ name: value, range, dataType, scale, zeroPoint }) => [
        name(value),
        range ? real(range.low) : missing,
        range ? real(range.high) : missing,
        dataType,
        real(scale),
        zeroPoint,
      ]),
    ),
    values.some(({ range }) => !range) && html`<p class="muted">– : the range follows from the operator.</p>`,
  ])

/** Scales may be as small as 2⁻⁶⁰. */
const real = (value: number) =>
  (value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential(3) : digits(value, 4)).replace(/-/g, '−')
