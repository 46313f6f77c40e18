import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { augmentations } from './augmented-source.ts'
import type { JoinedStrategy, TeacherName } from './joined-strategy.ts'
import { trainingCase } from './training-cases.ts'
import { optimizer } from './training-recipe.ts'

/** A process that has made its first step and makes more when it is told. */
export interface StepProcess extends AsyncDisposable {
  /** Of what it trains with: onnxruntime, PyTorch. */
  readonly version: string
  /** Number of values that are trained. */
  readonly parameters: number
  /** From the model to its first batch; undefined where that is not measured. */
  readonly openSeconds: number | undefined
  readonly firstStepSeconds: number
  run(steps: number): Promise<Steps>
}

export interface Steps {
  readonly milliseconds: readonly number[]
  /** The most that the process ever had in memory. */
  readonly megabytes: number
}

/** How Pare is to train, in `training-child.ts`. */
export interface PareTask {
  readonly name: string
  readonly threads: number
  /** How images are changed. Default: batches are there beforehand. */
  readonly augmentation?: keyof typeof augmentations
  /** Default true. */
  readonly lowering?: boolean
  /** Default: one for a training from the start. */
  readonly learningRate?: number
  /** What joins the training. Default: nothing. */
  readonly strategy?: JoinedStrategy
}

/** Starts Pare; the process runs from where this one does: from the sources or from what is built. */
export const startPare = (task: PareTask): Promise<StepProcess> => startNode('training-child.ts', task)

/** Starts a teacher's inference on the batches of a student: each step is a run. */
export const startInference = (task: {
  readonly name: string
  readonly teacher: TeacherName
  readonly threads: number
}): Promise<StepProcess> => startNode('inference-child.ts', task)

const startNode = (script: string, task: object): Promise<StepProcess> =>
  start(process.execPath, [...process.execArgv, join(import.meta.dirname, script), JSON.stringify(task)])

export const variants = ['contiguous', 'channels-last', 'compiled', 'compiled-channels-last'] as const
export type Variant = (typeof variants)[number]

/** Starts the peer. */
export function startPyTorch(name: string, variant: Variant, threads: number, python: string): Promise<StepProcess> {
  const { peer, input, batchSize } = trainingCase(name)
  const task = { family: peer[0], width: peer[1], input, batchSize, variant, threads, optimizer }
  return start(python, [join(import.meta.dirname, '../peers/training.py'), JSON.stringify(task)])
}

async function start(command: string, args: readonly string[]): Promise<StepProcess> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${command} ${args.join(' ')} ended.`)
    return JSON.parse(value)
  }
  return {
    ...(await answer()),
    run: steps => {
      child.stdin.write(`${steps}\n`)
      return answer()
    },
    [Symbol.asyncDispose]: () => {
      child.stdin.end()
      return ended
    },
  }
}

/** What each process took for its steps: they take turns, so that none works while another is measured. */
export async function inTurns(
  processes: Readonly<Record<string, StepProcess>>,
  { rounds, secondsPerTurn }: { readonly rounds: number; readonly secondsPerTurn: number },
): Promise<Record<string, Steps>> {
  const found: Record<string, { milliseconds: number[]; megabytes: number }> = {}
  const steps: Record<string, number> = {}
  for (const [name, process] of Object.entries(processes)) {
    const { milliseconds, megabytes } = await process.run(warmUp)
    steps[name] = Math.max(3, Math.round((1000 * secondsPerTurn) / Math.min(...milliseconds)))
    found[name] = { milliseconds: [], megabytes }
  }
  for (let round = 0; round < rounds; round++)
    for (const [name, process] of Object.entries(processes)) {
      const turn = await process.run(steps[name] ?? 1)
      const sum = found[name]
      sum?.milliseconds.push(...turn.milliseconds)
      if (sum) sum.megabytes = turn.megabytes
    }
  return found
}

/** Steps before the first that count: memory is taken, and PyTorch may compile once more. */
const warmUp = 4
