import { percentText } from '@pare/core-graph'
import { type Html, html } from '../html.ts'
import type { ReportedRun } from '../run-schema.ts'
import { counted, name, numberColumn, table, textColumn } from '../table.ts'

type Layers = NonNullable<ReportedRun['saturation']>

/** Which layers would saturate on the target's CPUs without VNNI. */
export function saturationView(layers: Layers): Html {
  const saturated = layers.filter(({ elements }) => elements.saturated > 0)
  return html`<p>On x86 CPUs without VNNI, sums of two products saturate at 16 bits. Of ${counted(layers.length, 'int8 layer')}, ${saturated.length === 0 ? 'none' : saturated.length} would saturate on samples of the data.</p>
${saturated.length > 0 && saturatedTable(saturated)}`
}

const saturatedTable = (layers: Layers) =>
  table(
    'Layers that would saturate',
    [
      textColumn('node'),
      textColumn('operator'),
      ...['pairs of weights at risk', 'outputs cut off', 'most cut off, of 16 bits'].map(numberColumn),
    ],
    layers.map(({ node, op, pairs, elements, worst }) => [
      name(node),
      op,
      percentText(pairs.risky / pairs.all),
      percentText(elements.saturated / elements.all),
      percentText(worst),
    ]),
  )
