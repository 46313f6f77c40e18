import { digits, durationText, type Progress, type ProgressListener } from '@pare/core-graph'
import type { RunEvent, RunListener } from '@pare/recipe'
import { type DefaultRenderer, Listr, type ListrTaskWrapper, type SimpleRenderer } from 'listr2'
import type { Terminal } from './terminal.ts'

type Task = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>
type Warn = Terminal['warn']

/** Shows a run's steps as they go; lines where there is no terminal. */
export interface ProgressDisplay {
  readonly listener: RunListener
  /** Call when the run has ended, well or not. */
  readonly close: (error?: unknown) => Promise<void>
}

/** @param quiet show nothing (for `--json`) */
export function progressDisplay(
  { warn, isInteractive }: Pick<Terminal, 'warn' | 'isInteractive'>,
  quiet: boolean,
): ProgressDisplay {
  if (quiet) return { listener: () => undefined, close: async () => undefined }
  return isInteractive ? listDisplay(warn) : lineDisplay(warn)
}

function lineDisplay(warn: Warn): ProgressDisplay {
  let lines: ProgressListener | undefined
  return {
    listener: event => {
      if (event.type === 'step-start') {
        warn(`${event.step} …\n`)
        lines = progressLines(text => warn(`${event.step}: ${text}`))
      }
      if (event.type === 'step-end') warn(`${doneText(event)}\n`)
      if (event.type === 'note') warn(noteText(event))
      if (event.type === 'epoch') warn(epochText(event))
      if (event.type === 'progress') lines?.(event.progress)
    },
    close: async () => undefined,
  }
}

/** How many of a training's epochs are drawn above its progress; all are written when the run has ended. */
const epochsDrawn = 5

interface DrawnStep {
  task?: Task
  readonly done: PromiseWithResolvers<void>
  readonly tell: (now: Progress) => string
  readonly epochs: string[]
}

function listDisplay(warn: Warn): ProgressDisplay {
  const waiting = new Map<string, DrawnStep>()
  const notes: string[] = []
  let running: Promise<unknown> | undefined
  const start = (steps: readonly string[]) => {
    for (const step of steps) {
      const done = Promise.withResolvers<void>()
      // Of a run that fails, the later steps are never waited for.
      done.promise.catch(() => undefined)
      waiting.set(step, { done, tell: progressTeller(), epochs: [] })
    }
    const tasks = steps.map(step => ({
      title: step,
      task: (_: unknown, task: Task) => {
        const entry = waiting.get(step)
        if (entry) entry.task = task
        return entry?.done.promise
      },
    }))
    const options = { concurrent: false, registerSignalListeners: false, rendererOptions: { collapseErrors: false } }
    running = new Listr(tasks, options).run().catch(() => undefined)
  }
  const listen = (event: RunEvent) => {
    if (event.type === 'run-start') start(event.steps)
    if (!('step' in event)) return
    const entry = waiting.get(event.step)
    if (event.type === 'note') notes.push(noteText(event))
    if (event.type === 'epoch') {
      notes.push(epochText(event))
      entry?.epochs.push(epochFigures(event))
    }
    if (event.type === 'progress' && entry?.task)
      entry.task.output = [...entry.epochs.slice(-epochsDrawn), entry.tell(event.progress)].join('\n')
    if (event.type === 'note' && entry?.task) entry.task.output = event.message
    if (event.type !== 'step-end') return
    if (entry?.task) entry.task.title = doneText(event)
    entry?.done.resolve()
  }
  return {
    listener: listen,
    close: async error => {
      if (error !== undefined) for (const { done } of waiting.values()) done.reject(new Error('stopped'))
      await running
      for (const note of notes) warn(note)
    },
  }
}

type EpochEvent = Extract<RunEvent, { type: 'epoch' }>

const noteText = ({ step, message }: Extract<RunEvent, { type: 'note' }>) => `${step}: ${message}\n`

const epochText = (event: EpochEvent) => `${event.step}: ${epochFigures(event)}\n`

/** `epoch 3: loss 0.31, accuracy 0.887; on the validation data top1 0.902` */
function epochFigures({ result: { epoch, loss, accuracy, metrics } }: EpochEvent): string {
  const measured = Object.entries(metrics).map(figureText)
  const validation = measured.length > 0 ? `; on the validation data ${measured.join(', ')}` : ''
  return `epoch ${epoch}: ${Object.entries({ loss, ...(accuracy !== undefined && { accuracy }) })
    .map(figureText)
    .join(', ')}${validation}`
}

const figureText = ([name, value]: readonly [string, number]) =>
  `${words(name)} ${value > 1e12 ? digits(value, 4) : Number(value.toPrecision(4))}`

/** `learningRate` as `learning rate`. */
const words = (name: string) => name.replace(/([a-z])([A-Z])/g, (_, end, start) => `${end} ${start.toLowerCase()}`)

const doneText = ({ step, resumed, seconds }: Extract<RunEvent, { type: 'step-end' }>) =>
  `${step} ${resumed ? 'done before' : `done in ${durationText(seconds)}`}`

/** Tells progress in lines, one every five seconds. */
export function progressLines(warn: Warn): ProgressListener {
  const tell = progressTeller()
  let last = 0
  return progress => {
    if (Date.now() - last < 5000) return
    last = Date.now()
    warn(`${tell(progress)}\n`)
  }
}

/**
 * Puts progress into words: `5,200 of 10,000 samples, 2,600 a second, 1.8 s left`.
 * Where the work does not tell its speed itself, the rate is that since the first report, or since the count began anew.
 */
function progressTeller(): (progress: Progress) => string {
  const number = new Intl.NumberFormat('en')
  let start: { readonly time: number; readonly done: number; readonly unit: string } | undefined
  return ({ done, total, unit, values = {}, samplesPerSecond, secondsLeft }) => {
    if (!start || done < start.done || unit !== start.unit) start = { time: Date.now(), done, unit }
    const seconds = (Date.now() - start.time) / 1000
    const rate = seconds > 0.2 ? (done - start.done) / seconds : 0
    const left = secondsLeft ?? (rate > 0 && total !== undefined ? (total - done) / rate : undefined)
    const parts = [`${number.format(done)}${total === undefined ? '' : ` of ${number.format(total)}`} ${unit}`]
    if (samplesPerSecond !== undefined) parts.push(`${number.format(Math.round(samplesPerSecond))} samples a second`)
    else if (rate > 0) parts.push(`${number.format(Math.round(rate))} a second`)
    if (left !== undefined) parts.push(`${durationText(left)} left`)
    return [...parts, ...Object.entries(values).map(figureText)].join(', ')
  }
}
