import {
  BarChart,
  type BarSeriesOption,
  CustomChart,
  type CustomSeriesOption,
  LineChart,
  type LineSeriesOption,
} from 'echarts/charts'
import { GridComponent, type GridComponentOption } from 'echarts/components'
import { type ComposeOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { type Html, html, raw } from '../html.ts'

use([BarChart, CustomChart, LineChart, GridComponent, SVGRenderer])

export type ChartOption = ComposeOption<BarSeriesOption | CustomSeriesOption | LineSeriesOption | GridComponentOption>

/** Colours are the page's: each is defined for light, dark and paper in its style. */
export const colours = {
  before: 'var(--before)',
  after: 'var(--after)',
  worst: 'var(--worst)',
  text: 'var(--text)',
  muted: 'var(--muted)',
  line: 'var(--line)',
} as const

export interface ChartSize {
  readonly width: number
  readonly height: number
}

/**
 * A chart as SVG, drawn once for light and dark. `description` says in words what it shows, for those who do not see it.
 */
export function renderChart(option: ChartOption, { width, height }: ChartSize, description: string): Html {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: 'sans-serif', fontSize: 12 }, ...option })
    return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${description}">${raw(drawing(chart.renderToSVGString()))}</svg>`
  } finally {
    chart.dispose()
  }
}

/**
 * What is drawn, without the root element (whose namespaces are addresses), the styles (which the page's policy does not
 * allow), clipping (nothing is drawn beyond its axes, and what clips is referred to by an address) and what ECharts would
 * need to bring a chart to life. Quotes in texts are escaped, so only attributes match.
 */
const drawing = (svg: string) =>
  svg
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>\s*$/, '')
    .replace(/<(style|defs)[\s\S]*?<\/\1>/g, '')
    .replace(/ (?:ecmeta_\w+|class|style|clip-path|xml:space)="[^"]*"/g, '')
    .replace(/\s*\n\s*/g, '')
