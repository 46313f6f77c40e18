import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { createRandom } from '@pare/core-graph'
import { runOutcome } from './run-outcome.ts'
import { startRun, writeRecipes } from './run-process.ts'

export interface KillReport {
  readonly kills: number
  /** Runs that came to their end after being killed, once or more often, with all their files as they should be. */
  readonly finished: number
  /** The most kills that one of them took. */
  readonly most: number
  /** How many kills hit each phase of a run. */
  readonly phases: Readonly<Record<string, number>>
  readonly seconds: number
}

export interface KillOptions {
  readonly kills: number
  readonly seed: number
}

/** A part of a run: it begins with what the process says, and takes so long when nothing happens. */
interface Phase {
  readonly name: string
  readonly begins: string
  readonly milliseconds: number
}

/**
 * Kills runs by SIGKILL at random moments, and their resumes up to five times more, lets them come to their end, and
 * compares every file with that of a run that was let be. Each phase of a run is hit as often, be it short or long.
 * @throws Error naming the files that differ, or what a process said that did not end well
 */
export async function killRuns({ kills, seed }: KillOptions): Promise<KillReport> {
  const started = performance.now()
  const root = mkdtempSync(join(tmpdir(), 'pare-kill-'))
  const random = createRandom(seed)
  try {
    const recipes = await writeRecipes(root)
    const wholes = []
    for (const recipe of recipes) wholes.push({ recipe, ...(await undisturbed(recipe, `${recipe}-whole`)) })
    const hit: Record<string, number> = {}
    let [done, finished, most] = [0, 0, 0]
    for (let round = 0; done < kills; round++) {
      const { recipe, outcome, phases } = wholes[round % wholes.length] ?? fail('There are no recipes.')
      const folder = join(root, `run-${round}`)
      const limit = Math.min(kills - done, 1 + Math.floor(6 * random()))
      for (let own = 0; ; ) {
        const { child, ended, said } = startRun(recipe, folder, { resume: existsSync(folder) })
        const phase = phases[done % phases.length] ?? fail('A run has phases.')
        const delay = phase.milliseconds * random()
        const inPhase = said(phase.begins).then(() => wait(delay, true))
        if (own < limit && (await Promise.race([ended.then(() => false), inPhase]))) child.kill('SIGKILL')
        const { code, err } = await ended
        if (code === 0) {
          expectSame(outcome, runOutcome(folder), `${recipe} after ${own} kills`)
          finished++
          break
        }
        if (code !== null) fail(`After ${own} kills, ${recipe} ended with code ${code}: ${err}`)
        const name = lastPhase(err, phases)
        hit[name] = (hit[name] ?? 0) + 1
        most = Math.max(most, ++own)
        done++
      }
      rmSync(folder, { recursive: true })
    }
    return { kills: done, finished, most, phases: hit, seconds: (performance.now() - started) / 1000 }
  } finally {
    rmSync(root, { recursive: true })
  }
}

/** A run that nothing happens to: its files, and its phases. */
async function undisturbed(recipe: string, folder: string) {
  const times = [performance.now()]
  const { ended, said } = startRun(recipe, folder)
  await said('…')
  const log = readFileSync(join(folder, 'events.jsonl'), 'utf8')
  const steps: string[] = JSON.parse(log.slice(0, log.indexOf('\n'))).steps
  const starts = [
    { name: 'before the first step', begins: '' },
    ...steps.map(step => ({ name: step, begins: `${step} …` })),
    { name: 'after the last step', begins: `${steps.at(-1)} done` },
  ]
  for (const { begins } of starts.slice(1)) {
    await said(begins)
    times.push(performance.now())
  }
  const { code, err } = await ended
  if (code !== 0) fail(`${recipe} ended with code ${code}: ${err}`)
  times.push(performance.now())
  const phases = starts.map((start, index) => ({
    ...start,
    milliseconds: (times[index + 1] ?? 0) - (times[index] ?? 0),
  }))
  return { outcome: runOutcome(folder), phases }
}

const lastPhase = (said: string, phases: readonly Phase[]): string =>
  phases.findLast(({ begins }) => said.includes(begins))?.name ?? ''

function expectSame(
  whole: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
  what: string,
): void {
  if (isDeepStrictEqual(whole, now)) return
  const names = new Set([...Object.keys(whole), ...Object.keys(now)])
  fail(`${what}: these files differ: ${[...names].filter(name => whole[name] !== now[name]).join(', ')}`)
}

function fail(message: string): never {
  throw new Error(message)
}
