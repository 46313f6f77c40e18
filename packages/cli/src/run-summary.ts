import {
  bytesText,
  changeText,
  countText,
  digits,
  durationText,
  millisecondsText,
  percentText,
  signed,
} from '@pare/core-graph'
import type { ModelFigures, RunResult } from '@pare/recipe'
import { tableText } from './table.ts'

/** The table of a run: accuracy, size, MACs, latency; before, after, change. */
export function runSummary(result: RunResult): string {
  const { before, after, fidelity, verdict } = result
  const accepted = Object.values(result.accept).some(bound => bound !== undefined) ? 'accepted' : 'done'
  const rows = [
    ...metricRows(before, after),
    ['size', bytesText(before.bytes), bytesText(after.bytes), changeText(before.bytes, after.bytes)],
    [
      'parameters',
      countText(before.parameters),
      countText(after.parameters),
      changeText(before.parameters, after.parameters),
    ],
    ...optionalRow('multiply-adds', before.macs, after.macs, countText),
    ...result.latencies.flatMap(({ engine, before, after }) =>
      optionalRow(`latency, ${engine}`, before.median, after.median, millisecondsText),
    ),
  ]
  return [
    tableText(['', 'before', 'after', 'change'], rows),
    fidelity?.agreement !== undefined
      ? `\n${percentText(fidelity.agreement)} of the predictions on ${fidelity.samples.toLocaleString('en')} samples are those of the float model\n`
      : '',
    result.notWorthIt.map(sentence => `\n${sentence}\n`).join(''),
    `\n${verdict.accepted ? accepted : `not accepted, because ${verdict.reasons.join('; ')}`} (${durationText(result.seconds)})\n`,
    `model   ${result.model}\nrun     ${result.folder}\n`,
  ].join('')
}

function metricRows(before: ModelFigures, after: ModelFigures): string[][] {
  return Object.keys({ ...before.metrics, ...after.metrics }).map(name => {
    const [old, now] = [before.metrics?.[name], after.metrics?.[name]]
    const isShare = /^top\d+$/.test(name)
    const show = (value: number | undefined) =>
      value === undefined ? '–' : isShare ? percentText(value) : digits(value, 4)
    const change =
      old === undefined || now === undefined
        ? '–'
        : isShare
          ? signed(100 * (now - old), 2, ' points')
          : changeText(old, now)
    return [isShare ? name.replace('top', 'top-') : name, show(old), show(now), change]
  })
}

function optionalRow(
  name: string,
  before: number | undefined,
  after: number | undefined,
  show: (value: number) => string,
): string[][] {
  if (before === undefined || after === undefined) return []
  return [[name, show(before), show(after), changeText(before, after)]]
}
