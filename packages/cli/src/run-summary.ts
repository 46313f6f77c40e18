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
import { type ModelFigures, type RunResult, type StageFigures, trainingsOf } from '@pare/recipe'
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
    stagesText(result),
    fidelity?.agreement !== undefined
      ? `\n${percentText(fidelity.agreement)} of the predictions on ${fidelity.samples.toLocaleString('en')} samples are those of the float model\n`
      : '',
    trainingText(result),
    result.notWorthIt.map(sentence => `\n${sentence}\n`).join(''),
    `\n${verdict.accepted ? accepted : `not accepted, because ${verdict.reasons.join('; ')}`} (${durationText(result.seconds)})\n`,
    `model   ${result.model}\nrun     ${result.folder}\n`,
  ].join('')
}

/** The model after each stage, where there are several. */
function stagesText({ stages, before, after }: RunResult): string {
  if (stages.length < 2) return ''
  const metric = Object.keys(after.metrics ?? {})[0]
  const row = (name: string, bytes: number, figures: StageFigures) => {
    const value = metric === undefined ? undefined : figures.metrics?.[metric]
    const { macs } = figures
    return [
      name,
      ...(metric === undefined ? [] : [value === undefined ? '–' : metricText(metric, value)]),
      bytesText(bytes),
      percentText(bytes / before.bytes),
      macs === undefined ? '–' : countText(macs),
    ]
  }
  const head = ['after', ...(metric === undefined ? [] : [metricName(metric)]), 'size', 'of before', 'multiply-adds']
  const rows = stages.map(({ name, bytes, figures = after }) => row(name, bytes, figures))
  return `\n${tableText(head, [row('(before)', before.bytes, before), ...rows])}`
}

/** Of which epochs the model is; and whether training made it worse than it was, where nothing else was done to it. */
function trainingText({ stages, before, after }: RunResult): string {
  const epochs = stages.flatMap(stage =>
    trainingsOf(stage).map(
      ({ best, epochs, metric, wanted, round }) =>
        `\n${stage.name}${round === undefined ? '' : `, round ${round} of ${stage.rounds}`}: the model of epoch ${best.epoch} of ${epochs.length}, the best by ${metricName(metric)}${epochs.length < wanted ? `; patience ended the training before its ${wanted} epochs were over` : ''}\n`,
    ),
  )
  const metric = stages.flatMap(trainingsOf).at(-1)?.metric
  const onlyTrained = stages.every(({ details }) => details.every(({ part }) => part === 'train'))
  if (metric === undefined || !onlyTrained) return epochs.join('')
  const [old, now] = [before.metrics?.[metric], after.metrics?.[metric]]
  const isWorse =
    old !== undefined && now !== undefined && (isShareOfSamples(metric) ? now < old : metric === 'loss' && now > old)
  return `${epochs.join('')}${isWorse ? `By ${metricName(metric)} the model was better before it was trained: try a smaller learning rate, or more data.\n` : ''}`
}

const isShareOfSamples = (metric: string) => /^top\d+$/.test(metric)
const metricText = (metric: string, value: number) => (isShareOfSamples(metric) ? percentText(value) : digits(value, 4))
const metricName = (metric: string) => (isShareOfSamples(metric) ? metric.replace('top', 'top-') : metric)

function metricRows(before: ModelFigures, after: ModelFigures): string[][] {
  return Object.keys({ ...before.metrics, ...after.metrics }).map(name => {
    const [old, now] = [before.metrics?.[name], after.metrics?.[name]]
    const isShare = isShareOfSamples(name)
    const show = (value: number | undefined) => (value === undefined ? '–' : metricText(name, value))
    const change =
      old === undefined || now === undefined
        ? '–'
        : isShare
          ? signed(100 * (now - old), 2, ' points')
          : changeText(old, now)
    return [metricName(name), show(old), show(now), change]
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
