import { bytesText, countText, durationText, millisecondsText } from '@pare/core-graph'
import type { StagePlan } from '@pare/recipe'

/** What a training would do: what it trains and what not, its memory and its time. */
export function planSummary(plan: StagePlan): string {
  const { stage, rounds, options, trained, frozen, parameters, stepsPerEpoch, memory, measured } = plan
  const { epochs, batchSize, accumulate } = options
  const updates = accumulate > 1 ? `, ${accumulate} to an update` : ''
  const reasons = [...Map.groupBy(frozen, ({ reason }) => reason)]
  const lines: (readonly [label: string, text: string])[] = [
    ['epochs', `${epochs}, each of ${stepsPerEpoch.toLocaleString('en')} steps of ${batchSize} samples${updates}`],
    ['trained', `${countText(parameters)} parameters in ${namesText(trained)}`],
    ...(reasons.length > 0 ? reasons : [[undefined, []] as const]).map(
      ([reason, tensors], index) =>
        [index > 0 ? '' : 'others', reason === undefined ? 'none' : `${namesText(tensors)}; ${reason}`] as const,
    ),
    [
      'memory',
      `${bytesText(memory.state)} of state; a step of standard operators needs ${bytesText(memory.step)} or more`,
    ],
    ...timeLines(measured, epochs),
  ]
  return `${stage}${rounds > 1 ? `, the first of ${rounds} rounds` : ''}\n${lines.map(([label, text]) => `  ${label.padEnd(8)} ${text}\n`).join('')}`
}

function timeLines(measured: StagePlan['measured'], epochs: number): (readonly [string, string])[] {
  if (!measured) return [['time', 'not measured: an epoch has one step only']]
  const { steps, secondsPerStep, secondsPerEpoch, memory } = measured
  return [
    ...(memory === undefined ? [] : [['', `the process grew by ${bytesText(memory)} as it trained`] as const]),
    ['time', `${millisecondsText(1000 * secondsPerStep)} a step, as ${steps} steps took`],
    [
      '',
      `${durationText(secondsPerEpoch)} an epoch, ${durationText(epochs * secondsPerEpoch)} in all, evaluations not counted`,
    ],
  ]
}

const mostNames = 6

/** `83 tensors: stem/weight, stem/scale, …`; `--json` lists all. */
function namesText(tensors: readonly { readonly name: string }[]): string {
  const names = tensors.slice(0, mostNames).map(({ name }) => name)
  return `${tensors.length} ${tensors.length === 1 ? 'tensor' : 'tensors'}: ${[...names, ...(tensors.length > mostNames ? ['…'] : [])].join(', ')}`
}
