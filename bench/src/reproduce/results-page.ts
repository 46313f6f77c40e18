import { bytesText, percentText } from '@pare/core-graph'
import type { RowResult } from './row-result.ts'
import { baseline, type Row, rows, seeds } from './rows.ts'

/** Where the page keeps the table; what stands around is written by hand. */
const marks = { begin: '<!-- results: begin -->', end: '<!-- results: end -->' }

/** The page with the table of what is there. */
export function resultsPage(page: string, read: (row: string, seed: number) => RowResult | undefined): string {
  const [before, rest] = page.split(marks.begin)
  const after = rest?.split(marks.end)[1]
  if (before === undefined || after === undefined)
    throw new Error(`docs/results.md has no ${marks.begin} … ${marks.end}.`)
  return `${before}${marks.begin}\n\n${tableOf(read)}\n\n${marks.end}${after}`
}

function tableOf(read: (row: string, seed: number) => RowResult | undefined): string {
  const head = [
    'recipe',
    'seeds',
    'top-1 on the test images',
    'change, points',
    'wanted',
    'file',
    'of the float file',
    'MACs',
    'latency',
    'time of a run',
    'the original on ImageNet',
  ]
  const lines = rows.flatMap(row => {
    const results = seeds.flatMap(seed => read(row.id, seed) ?? [])
    return results.length > 0 ? [lineOf(row, results, read)] : []
  })
  if (lines.length === 0) return 'No row was run yet.'
  return [head, head.map((_, column) => (column === 0 ? '---' : '--:')), ...lines]
    .map(cells => `| ${cells.join(' | ')} |`)
    .join('\n')
}

function lineOf(
  row: Row,
  results: readonly RowResult[],
  read: (row: string, seed: number) => RowResult | undefined,
): readonly string[] {
  const changes = results.flatMap(({ seed, top1 }) => {
    const float = read(baseline.id, seed)
    return float && row !== baseline ? [100 * (top1 - float.top1)] : []
  })
  const size = mean(results.map(({ bytes }) => bytes.after / bytes.before))
  const macs = mean(results.map(({ macs }) => (macs.after ?? Number.NaN) / (macs.before ?? Number.NaN)))
  return [
    `[${row.title}](../recipes/reproduce/${row.id}.yaml)`,
    String(results.length),
    withSpread(results.map(({ top1 }) => 100 * top1)),
    changes.length > 0 ? withSpread(changes, signed) : '',
    wanted(row, changes, size),
    bytesText(mean(results.map(({ bytes }) => bytes.after))),
    percentText(size),
    percentText(macs),
    latencyOf(results),
    minutes(mean(results.map(({ seconds }) => seconds))),
    row.original,
  ]
}

/** Of the result against the float model, timed in turns in the same run. */
function latencyOf(results: readonly RowResult[]): string {
  const shares = results.flatMap(({ latency }) => (latency ? [latency.after.median / latency.before.median] : []))
  return shares.length > 0 ? percentText(mean(shares)) : ''
}

/** What was to be reached, and whether it was. */
function wanted({ goal }: Row, changes: readonly number[], size: number): string {
  if (!goal) return ''
  const isMet = mean(changes) >= goal.change && (goal.size === undefined || size <= goal.size)
  const bound = goal.size === undefined ? '' : ` at ≤ ${percentText(goal.size)}`
  return `≥ ${signed(goal.change)}${bound}: ${isMet ? 'met' : '**missed**'}`
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** Mean, and half the distance between the extremes of several. */
const withSpread = (values: readonly number[], text = (value: number) => value.toFixed(2)) =>
  values.length === 1
    ? text(mean(values))
    : `${text(mean(values))} ± ${((Math.max(...values) - Math.min(...values)) / 2).toFixed(2)}`

const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`
const minutes = (seconds: number) => `${Math.round(seconds / 60)} min`
