import { bytesText, changeText, countText, digits, millisecondsText, signed } from '@pare/core-graph'
import { type Bar, barChart } from '../charts/bar-chart.ts'
import { colours } from '../charts/render-chart.ts'
import { type Content, type Html, html } from '../html.ts'
import { isFigure, isShare, metricText } from '../metric-text.ts'
import type { ReportedFigures, ReportedRun } from '../run-schema.ts'
import { missing, numberColumn, table, textColumn } from '../table.ts'

/** Before and after, as a table and as charts. */
export const figuresView = (
  run: ReportedRun,
): Html => html`<p>Before is the float model with BatchNorm folded; after is the result.</p>
${table('Figures before and after', columns, [...metricRows(run), ...costRows(run), ...latencyRows(run)])}
<div class="charts">${sizeChart(run)}${metricChart(run)}${latencyCharts(run)}</div>
${latencyPairs(run).length > 0 && html`<p class="muted">Latencies: the bars are medians, the lines show the middle half of the runs.</p>`}`

const columns = [textColumn('figure'), ...['before', 'after', 'change'].map(numberColumn)]

interface Figure {
  readonly label: string
  /** The recipe's bound on it. */
  readonly bound?: string | false | undefined
  /** Why there is none, where there is none. */
  readonly needs: string
  readonly before: number | null | undefined
  readonly after: number | null | undefined
  readonly show: (value: number) => string
  /** Below the figures. */
  readonly details?: readonly [before: string | undefined, after: string | undefined]
  readonly change?: (before: number, after: number) => string
}

function row({ label, bound, needs, before, after, show, details, change = changeText }: Figure): readonly Content[] {
  const isKnown = isFigure(before) && isFigure(after)
  return [
    html`${label}${bound && html`<small>bound: ${bound}</small>`}${!isKnown && html`<small>not measured: it needs ${needs}</small>`}`,
    ...[before, after].map((value, index) =>
      isFigure(value) ? [show(value), details?.[index] && html`<small>${details[index]}</small>`] : missing,
    ),
    isKnown ? (before === after ? 'same' : change(before, after)) : missing,
  ]
}

function metricRows({ before, after, accept }: ReportedRun): (readonly Content[])[] {
  const names = Object.keys({ ...before.metrics, ...after.metrics })
  return (names.length > 0 ? names : ['top1']).map(metric =>
    row({
      label: isShare(metric) ? `${metric.replace('top', 'top-')} accuracy` : metric,
      bound: metric === 'top1' && accept?.accuracyDrop !== undefined && `at most ${accept.accuracyDrop} points lower`,
      needs: names.length > 0 ? 'a finite number' : 'validation data with labels',
      before: before.metrics?.[metric],
      after: after.metrics?.[metric],
      show: value => metricText(metric, value),
      change: isShare(metric) ? (old, now) => signed(100 * (now - old), 2, ' points') : changeText,
    }),
  )
}

const costRows = ({ before, after, accept }: ReportedRun): (readonly Content[])[] => [
  row({
    label: 'size',
    bound: accept?.size !== undefined && `at most ${percentOf(accept.size)} of before`,
    needs: 'a model',
    before: before.bytes,
    after: after.bytes,
    show: bytesText,
  }),
  row({
    label: 'parameters',
    needs: 'a model',
    before: before.parameters,
    after: after.parameters,
    show: countText,
  }),
  row({
    label: 'multiply-adds',
    needs: 'inputs of a known size, and shapes that follow from it',
    before: before.macs,
    after: after.macs,
    show: countText,
  }),
]

const percentOf = (share: number) => `${Number((100 * share).toPrecision(6))} %`

type Latency = NonNullable<ReportedFigures['latency']>

/** One pair for each engine that the models were timed on; the first is the one that a bound is on. */
function latencyPairs({ before, after, latencies, environment }: ReportedRun) {
  if (latencies && latencies.length > 0) return latencies
  const engine = `onnxruntime-node ${environment.onnxruntime}`
  return before.latency && after.latency ? [{ engine, before: before.latency, after: after.latency }] : []
}

function latencyRows(run: ReportedRun): (readonly Content[])[] {
  const pairs: readonly { engine: string; before?: Latency; after?: Latency }[] = latencyPairs(run)
  return (pairs.length > 0 ? pairs : [{ engine: '' }]).map(({ engine, before, after }, index) => {
    return row({
      label: engine ? `latency, ${engine}` : 'latency',
      bound: index === 0 && run.accept?.latency !== undefined && `at most ${percentOf(run.accept.latency)} of before`,
      needs: 'inputs of a fixed size, and a model that runs on zeros',
      before: before?.median,
      after: after?.median,
      show: millisecondsText,
      details: [quartilesText(before), quartilesText(after)],
    })
  })
}

const quartilesText = (latency: Latency | undefined) =>
  latency && `${digits(latency.quartiles[0], 3)} … ${digits(latency.quartiles[1], 3)}`

function sizeChart({ before, after, stages }: ReportedRun): Html {
  const between = stages.slice(0, -1).flatMap(({ name, bytes }) => (bytes === undefined ? [] : [{ name, bytes }]))
  const bars = [{ name: 'before', bytes: before.bytes }, ...between, { name: 'after', bytes: after.bytes }]
  return barChart({
    title: 'Size of the file',
    bars: bars.map(({ name, bytes }, index) => ({
      name,
      value: bytes,
      text: bytesText(bytes),
      colour: index === 0 ? colours.before : colours.after,
    })),
  })
}

/** The first metric: top-1, unless the evaluation is the user's own. */
function metricChart({ before, after }: ReportedRun): Html | false {
  const [metric = ''] = Object.keys(before.metrics ?? {})
  const [old, now] = [before.metrics?.[metric], after.metrics?.[metric]]
  if (!isFigure(old) || !isFigure(now) || Math.min(old, now) < 0) return false
  return barChart({
    title: isShare(metric) ? `${metric.replace('top', 'Top-')} accuracy` : metric,
    ...(isShare(metric) ? { most: 1 } : {}),
    bars: pair(old, now, value => metricText(metric, value)),
  })
}

const latencyCharts = (run: ReportedRun): readonly Html[] =>
  latencyPairs(run).map(({ engine, before, after }) =>
    barChart({
      title: `Latency of one sample, ${engine}`,
      bars: pair(before.median, after.median, millisecondsText).map((bar, index) => ({
        ...bar,
        quartiles: [before, after][index]?.quartiles ?? [bar.value, bar.value],
      })),
    }),
  )

const pair = (before: number, after: number, text: (value: number) => string): readonly Bar[] => [
  { name: 'before', value: before, text: text(before), colour: colours.before },
  { name: 'after', value: after, text: text(after), colour: colours.after },
]
