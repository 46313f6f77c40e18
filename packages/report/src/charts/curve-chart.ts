import { type Html, html } from '../html.ts'
import { type ChartOption, colours, renderChart } from './render-chart.ts'

export interface CurveChartOptions {
  readonly title: string
  /** Shares of the channels, ascending, and at each what is lost without them: as measured, and as fitted. */
  readonly ratios: readonly number[]
  readonly losses: readonly number[]
  readonly fitted: readonly number[]
  /** The share that was cut; undefined where that is not known. */
  readonly chosen: number | undefined
  /** In words. */
  readonly description: string
}

const size = { width: 260, height: 160 }

/** What a layer loses without a share of its channels: dots as measured, a line as fitted, a stroke where it was cut. */
export function curveChart({ title, ratios, losses, fitted, chosen, description }: CurveChartOptions): Html {
  const axis = { axisLabel: { color: colours.muted }, splitLine: { lineStyle: { color: colours.line } } }
  const line = { type: 'line' as const, silent: true, itemStyle: { borderWidth: 0 } }
  const option: ChartOption = {
    grid: { left: 44, right: 12, top: 10, bottom: 24 },
    xAxis: { type: 'value', min: 0, max: 1, splitNumber: 2, ...axis },
    yAxis: { type: 'value', splitNumber: 3, ...axis },
    series: [
      {
        ...line,
        symbolSize: 0,
        lineStyle: { color: colours.before, width: 2 },
        data: [[0, 0], ...ratios.map((ratio, index) => [ratio, fitted[index] ?? 0])],
      },
      {
        ...line,
        symbol: 'circle',
        symbolSize: 6,
        lineStyle: { width: 0 },
        itemStyle: { color: colours.after, borderWidth: 0 },
        data: ratios.map((ratio, index) => [ratio, losses[index] ?? 0]),
      },
      ...(chosen === undefined
        ? []
        : [
            {
              ...line,
              symbolSize: 0,
              lineStyle: { color: colours.worst, width: 2 },
              data: [
                [chosen, Math.min(0, ...losses)],
                [chosen, Math.max(...losses, ...fitted)],
              ],
            },
          ]),
    ],
  }
  return html`<figure><figcaption>${title}</figcaption>
${renderChart(option, size, description)}</figure>`
}
