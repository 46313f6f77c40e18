import { bytesText, countText, digits, percentText } from '@pare/core-graph'
import { layerChart } from '../charts/layer-chart.ts'
import { type Content, type Html, html } from '../html.ts'
import { type ReportedLayer, reportedLayers } from '../reported-layers.ts'
import type { ReportedRun } from '../run-schema.ts'
import { type Column, collapsible, counted, missing, name, numberColumn, table, textColumn } from '../table.ts'

const listed = 10

/** How faithful the result is to the float model, and what each node costs. */
export function layersView(run: ReportedRun): Html {
  const layers = reportedLayers(run)
  const worst = worstOf(layers)
  return html`${outputView(run)}
${layers.length > 0 && chart(layers, run, worst)}
${worst.length > 0 && worstTable(worst, run)}
${layers.length > 0 && collapsible(`Cost and fidelity of ${layers.length === 1 ? 'the node' : `all ${counted(layers.length, 'node')}`}`, allTable(layers, run))}
${run.fidelity && run.fidelity.unmatched.length > 0 && unmatchedTable(run.fidelity.unmatched)}`
}

function outputView({ fidelity, accept }: ReportedRun): Html {
  if (!fidelity) return html`<p>The result was not compared with the float model: that needs validation data.</p>`
  const { output, samples, agreement, divergence, sqnr, cosine, maxDifference } = fidelity
  const rows: readonly (readonly Content[])[] = [
    [
      html`same top-1 class${accept?.agreement !== undefined && html`<small>bound: at least ${percentText(accept.agreement)}</small>`}${agreement === undefined && html`<small>the output has no class scores</small>`}`,
      agreement === undefined ? missing : percentText(agreement),
    ],
    [
      html`signal-to-quantization-noise ratio${accept?.sqnr !== undefined && html`<small>bound: at least ${accept.sqnr} dB</small>`}`,
      decibels(sqnr),
    ],
    ['cosine similarity', cosine.toFixed(5)],
    ['greatest difference', digits(maxDifference, 3)],
    [
      html`mean KL divergence${divergence === undefined && html`<small>the output has no class scores</small>`}`,
      divergenceText(divergence),
    ],
  ]
  return html`<p>The output ${name(output)} beside that of the float model, on the same ${counted(samples, 'sample')}:</p>
${table('Fidelity of the output', [textColumn('figure'), numberColumn('value')], rows)}`
}

/** JSON makes null of infinity. */
function divergenceText(divergence: number | null | undefined): string {
  if (divergence === undefined) return missing
  return Number.isFinite(divergence ?? Number.NaN) ? `${digits(divergence ?? 0, 3)} nats` : 'infinite'
}

const decibels = (sqnr: number | null | undefined) =>
  sqnr === undefined ? missing : sqnr === null ? 'exact' : `${sqnr.toFixed(1)} dB`

function worstOf(layers: readonly ReportedLayer[]): readonly ReportedLayer[] {
  const noisy = layers.filter(({ fidelity }) => typeof fidelity?.sqnr === 'number')
  return noisy.toSorted((a, b) => (a.fidelity?.sqnr ?? 0) - (b.fidelity?.sqnr ?? 0)).slice(0, listed)
}

/** The order of the graph is known only where the result has the cost of its nodes. */
function chart(layers: readonly ReportedLayer[], run: ReportedRun, worst: readonly ReportedLayer[]): Html | false {
  if (!run.before.nodes) return false
  const marked = new Set(worst)
  return layerChart(
    layers.map(layer => ({
      number: layer.number,
      sqnr: layer.fidelity?.sqnr,
      macs: layer.before?.macs,
      isWorst: marked.has(layer),
    })),
  )
}

const worstTable = (worst: readonly ReportedLayer[], run: ReportedRun): Html => html`<h3>The worst</h3>
<p>Noise adds up along a network: a node far worse than the one before it is where the accuracy goes.</p>
${layerTable('The nodes whose values differ most from those of the float model', worst, [...identity, ...fidelity, shareOf(run)])}`

function allTable(layers: readonly ReportedLayer[], run: ReportedRun): Html {
  const { nodes } = run.before
  const costs = nodes ? [...cost, shareOf(run), ...weights] : []
  return layerTable('All nodes of the float model, in the order of the graph', layers, [
    ...identity,
    ...fidelity,
    ...costs,
  ])
}

interface LayerColumn {
  readonly column: Column
  readonly cell: (layer: ReportedLayer) => Content
}

const layerTable = (caption: string, layers: readonly ReportedLayer[], columns: readonly LayerColumn[]): Html =>
  table(
    caption,
    columns.map(({ column }) => column),
    layers.map(layer => columns.map(({ cell }) => cell(layer))),
  )

const identity: readonly LayerColumn[] = [
  { column: textColumn('node'), cell: ({ number, node }) => html`<span class="muted">${number}</span> ${name(node)}` },
  { column: textColumn('operator'), cell: ({ op }) => op },
]

const number = (head: string, cell: (layer: ReportedLayer) => string | undefined): LayerColumn => ({
  column: numberColumn(head),
  cell: layer => cell(layer) ?? missing,
})

const fidelity: readonly LayerColumn[] = [
  number('SQNR', layer => layer.fidelity && decibels(layer.fidelity.sqnr)),
  number('cosine', layer => layer.fidelity?.cosine.toFixed(5)),
  number('greatest difference', layer => layer.fidelity && digits(layer.fidelity.maxDifference, 3)),
]

const cost: readonly LayerColumn[] = [number('multiply-adds', ({ before }) => before && countText(before.macs))]

const weights: readonly LayerColumn[] = [
  number('weights before', ({ before }) => before && weightsText(before.parameterBytes)),
  number('after', ({ after }) => after && weightsText(after.parameterBytes)),
]

function shareOf({ before: { macs, nodes = [] } }: ReportedRun): LayerColumn {
  const total = macs ?? nodes.reduce((sum, node) => sum + node.macs, 0)
  return number('share of multiply-adds', ({ before }) =>
    before && total > 0 ? shareText(before.macs / total) : undefined,
  )
}

const weightsText = (bytes: number) => (bytes === 0 ? '0' : bytesText(bytes))

const shareText = (share: number) => (share === 0 ? '0' : `${(100 * share).toFixed(1)} %`)

const unmatchedTable = (unmatched: NonNullable<ReportedRun['fidelity']>['unmatched']): Html =>
  collapsible(
    `${counted(unmatched.length, 'value')} could not be compared`,
    table(
      'Values that could not be compared',
      [textColumn('value'), textColumn('reason')],
      unmatched.map(({ value, reason }) => [name(value), reason]),
    ),
  )
