import { type Html, html } from '../html.ts'
import { type ChartOption, colours, renderChart } from './render-chart.ts'

export interface Line {
  readonly name: string
  /** By epoch, from 1; null where there is none. */
  readonly values: readonly (number | null)[]
  readonly colour: 'before' | 'after'
}

export interface LineChartOptions {
  readonly title: string
  readonly lines: readonly Line[]
  /** The epoch that is marked, from 1. */
  readonly marked: number
  readonly text: (value: number) => string
}

const size = { width: 440, height: 210 }

/** A figure over the epochs of a training; on each line the marked epoch is a dot with its value. */
export function lineChart({ title, lines, marked, text }: LineChartOptions): Html {
  const count = Math.max(...lines.map(({ values }) => values.length))
  const option: ChartOption = {
    grid: { left: 44, right: 20, top: 16, bottom: 40 },
    xAxis: {
      type: 'category',
      boundaryGap: count === 1,
      data: Array.from({ length: count }, (_, index) => String(index + 1)),
      name: 'epoch',
      nameLocation: 'middle',
      nameGap: 24,
      nameTextStyle: { color: colours.muted },
      axisLine: { lineStyle: { color: colours.line }, onZero: false },
      axisTick: { show: false },
      axisLabel: { color: colours.muted },
    },
    yAxis: {
      type: 'value',
      scale: true,
      splitNumber: 4,
      axisLabel: { color: colours.muted },
      splitLine: { lineStyle: { color: colours.line } },
    },
    series: lines.map(({ values, colour }) => ({
      type: 'line' as const,
      silent: true,
      connectNulls: true,
      symbol: 'circle',
      itemStyle: { color: colours[colour], borderWidth: 0 },
      lineStyle: { color: colours[colour], width: 2 },
      data: values.map((value, index) => ({
        value: value ?? '-',
        symbolSize: index + 1 === marked || count === 1 ? 8 : 0,
      })),
    })),
  }
  const described = lines.map(({ name, values }) => {
    const value = values[marked - 1]
    return `${name} ${value === null || value === undefined ? 'not measured' : text(value)}`
  })
  const description = `${title} of each epoch; in epoch ${marked}: ${described.join(', ')}`
  return html`<figure><figcaption>${title}</figcaption>
${renderChart(option, size, description)}
<p class="muted">${lines.map(({ colour }, index) => html`<span class="legend"><span class="key ${colour}"></span> ${described[index]}</span> `)}</p></figure>`
}
