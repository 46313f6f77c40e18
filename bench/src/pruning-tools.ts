import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** What is pruned how. */
export interface PruningTask {
  /** File of the whole model, which the peer draws anew from the seed. */
  readonly model: string
  /** `[C, H, W]` */
  readonly input: readonly [number, number, number]
  readonly seed: number
  /** Share of the multiply-adds that is left. */
  readonly share: number
  readonly multiple: number
  readonly threads: number
  readonly output: string
}

/** What one pruning took, from a model in memory to another one. */
export interface Pruning {
  readonly seconds: number
  readonly megabytes: number
  /** Of the peer: one pruning at the ratio that was found. */
  readonly secondsOfOne?: number
  /** Of the peer. */
  readonly version?: string
}

export const pruningTools = ['Pare', 'Torch-Pruning'] as const

/** Prunes in a process of its own. */
export function pruneWith(tool: (typeof pruningTools)[number], task: PruningTask, python: string): Pruning {
  const { model, ...others } = task
  return tool === 'Pare'
    ? JSON.parse(run(process.execPath, [...process.execArgv, join(import.meta.dirname, 'pruning-child.ts')], task))
    : JSON.parse(run(python, [peer], others))
}

/** Writes the whole model, as the peer draws it. */
export function writeNetwork({ model, input, seed }: Pick<PruningTask, 'model' | 'input' | 'seed'>, python: string) {
  run(python, [peer], { model, input, seed })
}

const peer = join(import.meta.dirname, '../peers/pruning.py')

const run = (command: string, args: readonly string[], task: object): string =>
  execFileSync(command, [...args, JSON.stringify(task)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    .trim()
    .split('\n')
    .at(-1) ?? ''
