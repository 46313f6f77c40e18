import type { CustomSeriesOption } from 'echarts/charts'
import { type Html, html } from '../html.ts'
import { type ChartOption, colours, renderChart } from './render-chart.ts'

export interface Bar {
  readonly name: string
  readonly value: number
  /** Beside the bar. */
  readonly text: string
  readonly colour: string
  /** The middle half of what was measured. */
  readonly quartiles?: readonly [number, number]
}

export interface BarChartOptions {
  readonly title: string
  readonly bars: readonly Bar[]
  /** Where the bars' axis ends. Default: at the greatest of what is shown. */
  readonly most?: number
}

const width = 300
const rowHeight = 34

/** Figures of a few models as horizontal bars that start at zero. */
export function barChart({ title, bars, most }: BarChartOptions): Html {
  const end = most ?? Math.max(...bars.map(({ value, quartiles }) => quartiles?.[1] ?? value))
  const option: ChartOption = {
    grid: { left: 64, right: 76, top: 0, bottom: 0 },
    xAxis: { type: 'value', show: false, min: 0, max: end > 0 ? end : 1 },
    yAxis: {
      type: 'category',
      inverse: true,
      data: bars.map(({ name }) => name),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: colours.text, width: 58, overflow: 'truncate' },
    },
    series: [
      {
        type: 'bar',
        silent: true,
        clip: false,
        barWidth: 20,
        data: bars.map(({ value, colour }) => ({ value, itemStyle: { color: colour } })),
      },
      whiskers(bars),
    ],
  }
  const description = `${title}: ${bars.map(bar => `${bar.name} ${bar.text}`).join(', ')}`
  return html`<figure class="bars"><figcaption>${title}</figcaption>
${renderChart(option, { width, height: rowHeight * bars.length }, description)}</figure>`
}

/** The texts beside the bars and, where there are quartiles, a line over the middle half. */
function whiskers(bars: readonly Bar[]): CustomSeriesOption {
  return {
    type: 'custom',
    silent: true,
    clip: false,
    data: bars.map(({ value, quartiles }, index) => [quartiles?.[1] ?? value, index, quartiles?.[0] ?? value]),
    renderItem: (_, api) => {
      const index = api.value(1)
      const [high = 0, y = 0] = api.coord([api.value(0), index])
      const [low = 0] = api.coord([api.value(2), index])
      const bar = bars[Number(index)]
      const stroke = { stroke: colours.text, lineWidth: 2 }
      const line = (x1: number, y1: number, x2: number, y2: number) => ({
        type: 'line' as const,
        shape: { x1, y1, x2, y2 },
        style: stroke,
      })
      return {
        type: 'group',
        children: [
          ...(bar?.quartiles
            ? [line(low, y, high, y), line(low, y - 5, low, y + 5), line(high, y - 5, high, y + 5)]
            : []),
          {
            type: 'text',
            style: { text: bar?.text ?? '', x: high + 6, y, fill: colours.text, verticalAlign: 'middle', fontSize: 12 },
          },
        ],
      }
    },
  }
}
