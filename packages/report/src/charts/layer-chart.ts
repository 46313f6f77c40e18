import { countText } from '@pare/core-graph'
import { type Html, html } from '../html.ts'
import { type ChartOption, type ChartSize, colours, renderChart } from './render-chart.ts'

/** A node of the float model, in the graph's order. */
export interface ChartedLayer {
  /** From 1. */
  readonly number: number
  /** dB; null where nothing differs, undefined where it was not compared. */
  readonly sqnr: number | null | undefined
  /** Undefined where it is not known. */
  readonly macs: number | undefined
  readonly isWorst: boolean
}

/** Fidelity and cost along the network, drawn for wide pages and again for narrow ones. */
export function layerChart(layers: readonly ChartedLayer[]): Html {
  const compared = layers.flatMap(({ sqnr }) => sqnr ?? [])
  const panels: Panel[] = []
  if (compared.length > 0)
    panels.push({
      title: 'Signal-to-quantization-noise ratio, dB (higher is better)',
      colour: colours.after,
      values: layers.map(({ sqnr, isWorst }) => ({ value: sqnr ?? '-', worst: isWorst })),
      text: String,
    })
  if (layers.some(({ macs }) => macs))
    panels.push({
      title: 'Multiply-adds',
      colour: colours.before,
      values: layers.map(({ macs }) => ({ value: macs ?? '-', worst: false })),
      text: countText,
    })
  if (panels.length === 0) return html``
  const description = `${panels.map(panel => panel.title).join(' and ')} of each node, in the order of the graph; the figures stand in the table of all nodes.`
  const draw = (size: ChartSize, kind: string) =>
    html`<div class="${kind}">${renderChart(optionOf(layers, panels, size), size, description)}</div>`
  return html`<figure><figcaption>Along the network</figcaption>
${draw({ width: 960, height: 170 * panels.length + 30 }, 'wide')}${draw({ width: 358, height: 150 * panels.length + 30 }, 'narrow')}
<p class="muted">One bar for each node, in the order of the graph; the numbers are those of the table of all nodes.${compared.length > 0 && html` <span class="legend"><span class="key worst"></span> the worst, listed below.</span>`}</p></figure>`
}

interface Panel {
  readonly title: string
  readonly colour: string
  readonly values: readonly { readonly value: number | '-'; readonly worst: boolean }[]
  readonly text: (value: number) => string
}

const titleHeight = 26

function optionOf(layers: readonly ChartedLayer[], panels: readonly Panel[], { height }: ChartSize): ChartOption {
  const [axisHeight, left] = [34, 48]
  const step = (height - axisHeight) / panels.length
  return {
    grid: panels.map((_, index) => ({
      left,
      right: 4,
      top: index * step + titleHeight,
      height: step - titleHeight - 8,
    })),
    xAxis: panels.map((_, index) => ({
      type: 'category' as const,
      gridIndex: index,
      data: layers.map(({ number }) => String(number)),
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { show: false },
      axisLabel: { show: index === panels.length - 1, color: colours.muted },
    })),
    yAxis: panels.map(({ title, text }, index) => ({
      type: 'value' as const,
      gridIndex: index,
      splitNumber: 4,
      name: title,
      nameGap: 12,
      nameTextStyle: { color: colours.text, align: 'left' as const, padding: [0, 0, 0, 4 - left] },
      axisLabel: { color: colours.muted, formatter: text },
      splitLine: { lineStyle: { color: colours.line } },
    })),
    series: panels.map(({ colour, values }, index) => ({
      type: 'bar' as const,
      silent: true,
      clip: false,
      xAxisIndex: index,
      yAxisIndex: index,
      barCategoryGap: '25%',
      barMaxWidth: 48,
      data: values.map(({ value, worst }) => ({
        value,
        itemStyle: { color: worst ? colours.worst : colour },
      })),
    })),
  }
}
