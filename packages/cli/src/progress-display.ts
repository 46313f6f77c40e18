import type { Progress } from '@pare/core-graph'
import type { RunEvent, RunListener } from '@pare/recipe'
import { type DefaultRenderer, Listr, type ListrTaskWrapper, type SimpleRenderer } from 'listr2'
import { durationText } from './format.ts'

type Task = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>

/** Shows a run's steps as they go; lines where there is no terminal. */
export interface ProgressDisplay {
  readonly listener: RunListener
  /** Call when the run has ended, well or not. */
  readonly close: (error?: unknown) => Promise<void>
}

/** @param quiet show nothing (for `--json`) */
export function progressDisplay(warn: (text: string) => void, quiet: boolean): ProgressDisplay {
  if (quiet) return { listener: () => undefined, close: async () => undefined }
  return process.stderr.isTTY ? listDisplay() : lineDisplay(warn)
}

function lineDisplay(warn: (text: string) => void): ProgressDisplay {
  let last = 0
  return {
    listener: event => {
      if (event.type === 'step-start') warn(`${event.step} …\n`)
      if (event.type === 'step-end')
        warn(`${event.step} ${event.resumed ? 'done before' : `done in ${durationText(event.seconds)}`}\n`)
      if (event.type === 'note') warn(`${event.step}: ${event.message}\n`)
      if (event.type !== 'progress' || Date.now() - last < 5000) return
      last = Date.now()
      warn(`${event.step}: ${progressText(event.progress, rateOf(event))}\n`)
    },
    close: async () => undefined,
  }
}

function listDisplay(): ProgressDisplay {
  const waiting = new Map<string, { task?: Task; done: PromiseWithResolvers<void> }>()
  let running: Promise<unknown> | undefined
  const listen = (event: RunEvent) => {
    if (event.type === 'run-start') {
      for (const step of event.steps) waiting.set(step, { done: Promise.withResolvers() })
      const tasks = event.steps.map(step => ({
        title: step,
        task: (_: unknown, task: Task) => {
          const entry = waiting.get(step)
          if (entry) entry.task = task
          return entry?.done.promise
        },
      }))
      running = new Listr(tasks, {
        concurrent: false,
        registerSignalListeners: false,
        rendererOptions: { collapseErrors: false },
      })
        .run()
        .catch(() => undefined)
    }
    if (!('step' in event)) return
    const entry = waiting.get(event.step)
    if (event.type === 'progress' && entry?.task) entry.task.output = progressText(event.progress, rateOf(event))
    if (event.type === 'note' && entry?.task) entry.task.output = event.message
    if (event.type !== 'step-end') return
    if (entry?.task) entry.task.title = `${event.step} (${event.resumed ? 'done before' : durationText(event.seconds)})`
    entry?.done.resolve()
  }
  return {
    listener: listen,
    close: async error => {
      if (error !== undefined) for (const { done } of waiting.values()) done.reject(new Error('stopped'))
      await running
    },
  }
}

const starts = new Map<string, { time: number; done: number }>()

/** Units a second since this step's first report, or since its count began anew. */
function rateOf(event: Extract<RunEvent, { type: 'progress' }>): number | undefined {
  const { step, progress } = event
  const start = starts.get(step)
  if (!start || progress.done < start.done) {
    starts.set(step, { time: Date.now(), done: progress.done })
    return undefined
  }
  const seconds = (Date.now() - start.time) / 1000
  return seconds > 0.2 ? (progress.done - start.done) / seconds : undefined
}

/** `5,200 of 10,000 samples, 2,600 a second, 1.8 s left` */
export function progressText({ done, total, unit, values }: Progress, rate: number | undefined): string {
  const number = new Intl.NumberFormat('en')
  const parts = [`${number.format(done)}${total === undefined ? '' : ` of ${number.format(total)}`} ${unit}`]
  if (rate) parts.push(`${number.format(Math.round(rate))} a second`)
  if (rate && total !== undefined) parts.push(`${durationText((total - done) / rate)} left`)
  for (const [name, value] of Object.entries(values ?? {})) parts.push(`${name} ${Number(value.toPrecision(4))}`)
  return parts.join(', ')
}
