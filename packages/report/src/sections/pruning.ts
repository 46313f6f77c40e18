import { digits, percentText } from '@pare/core-graph'
import { z } from 'zod'
import { curveChart } from '../charts/curve-chart.ts'
import { type Content, type Html, html } from '../html.ts'
import { jsonView } from '../json-view.ts'
import { collapsible, counted, missing, name, numberColumn, table, textColumn } from '../table.ts'

const shape = {
  target: z.object({ measure: z.string(), share: z.number(), reached: z.number() }),
  groups: z.array(
    z.looseObject({
      name: z.string(),
      before: z.number(),
      after: z.number(),
      ratio: z.number(),
      predictedLoss: z.number().nullable().optional(),
    }),
  ),
  kept: z.array(z.object({ node: z.string(), op: z.string(), reason: z.string() })),
  metric: z.string().optional(),
  samples: z.number().optional(),
  baseline: z.number().nullable().optional(),
  curves: z
    .array(
      z.object({
        group: z.string(),
        ratios: z.array(z.number()),
        losses: z.array(z.number().nullable()),
        fitted: z.array(z.number().nullable()),
      }),
    )
    .optional(),
}

/** What a strategy that cuts channels says of itself. */
export const pruningDetails = z.looseObject(shape)

type PruningDetails = z.output<typeof pruningDetails>

/** Which channels went, and what the model was found to lose without them. */
export function pruningView(caption: string, details: PruningDetails): Content {
  const { target, groups, kept } = details
  const rest = Object.fromEntries(Object.entries(details).filter(([key]) => !Object.hasOwn(shape, key)))
  const channels = (of: 'before' | 'after') => groups.reduce((sum, group) => sum + group[of], 0)
  const isPredicted = groups.some(({ predictedLoss }) => predictedLoss !== undefined)
  return [
    html`<p>${percentText(target.reached)} of the ${target.measure} are left; the target was ${percentText(target.share)}. Of ${counted(channels('before'), 'channel')} that may go, ${(channels('before') - channels('after')).toLocaleString('en')} went.</p>`,
    table(
      'Channels of each group',
      [
        textColumn('group'),
        ...['before', 'after', 'cut', ...(isPredicted ? ['predicted loss'] : [])].map(numberColumn),
      ],
      groups.map(({ name: group, before, after, ratio, predictedLoss }) => [
        name(group),
        before,
        after,
        percentText(ratio),
        ...(isPredicted ? [typeof predictedLoss === 'number' ? digits(predictedLoss, 4) : missing] : []),
      ]),
    ),
    curvesView(details),
    kept.length > 0 &&
      collapsible(
        `${counted(kept.length, 'layer')} whose channels stay`,
        table(
          'Layers whose channels stay, and why',
          ['node', 'operator', 'reason'].map(textColumn),
          kept.map(({ node, op, reason }) => [name(node), op, reason]),
        ),
      ),
    Object.keys(rest).length > 0 && jsonView(rest, caption),
  ]
}

/** More are shown when they are asked for. */
const mostOpen = 24

function curvesView({ curves = [], groups, metric, samples, baseline }: PruningDetails): Content {
  if (curves.length === 0) return undefined
  const ratioOf = new Map(groups.map(group => [group.name, group.ratio]))
  const charts = curves.map(({ group, ratios, losses, fitted }): Html => {
    const chosen = ratioOf.get(group)
    const points = ratios.map((ratio, index) => `${figure(losses[index])} at ${percentText(ratio)}`)
    return curveChart({
      title: group,
      ratios,
      losses: losses.map(loss => loss ?? 0),
      fitted: fitted.map(loss => loss ?? 0),
      chosen,
      description: `Loss of ${metric ?? 'the metric'} without channels of ${group}: ${points.join(', ')}${chosen === undefined ? '' : `; ${percentText(chosen)} were cut`}`,
    })
  })
  const grid = html`<div class="charts">${charts}</div>`
  return html`<h5>Sensitivity</h5>
<p>What ${metric ?? 'the metric'}${typeof baseline === 'number' && ` (${digits(baseline, 4)} of the whole model)`} loses without a share of the channels of each group${samples !== undefined && html`, on ${counted(samples, 'sample')}`}: <span class="legend"><span class="key after"></span> measured</span> <span class="legend"><span class="key before"></span> fitted</span> <span class="legend"><span class="key worst"></span> cut</span></p>
${curves.length > mostOpen ? collapsible(`Curves of ${counted(curves.length, 'group')}`, grid) : grid}`
}

const figure = (value: number | null | undefined) => (typeof value === 'number' ? digits(value, 4) : 'not measured')
