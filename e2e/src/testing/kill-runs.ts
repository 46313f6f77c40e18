import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { createRandom } from '@pare/core-graph'
import { writeModel } from '@pare/runtime'
import { runOutcome } from './run-outcome.ts'
import { smallModel } from './small-recipes.ts'

const pare = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url))

export interface Run {
  readonly child: ChildProcess
  /** The exit code, null where a signal ended it, and what it said. */
  readonly ended: Promise<{ readonly code: number | null; readonly err: string }>
}

/**
 * Starts `pare run`, from source.
 * @param limit a command of the shell that comes before it
 */
export function startRun(
  recipe: string,
  folder: string,
  { resume = false, limit }: { readonly resume?: boolean; readonly limit?: string } = {},
): Run {
  const args = ['--conditions=@pare/source', pare, 'run', recipe, '-o', folder, ...(resume ? ['--resume'] : [])]
  const [command, ...rest] =
    limit === undefined
      ? [process.execPath, ...args]
      : ['bash', '-c', `${limit}; exec "$@"`, 'bash', process.execPath, ...args]
  const child = spawn(command ?? '', rest, { stdio: ['ignore', 'ignore', 'pipe'] })
  let err = ''
  child.stderr.on('data', text => {
    err += text
  })
  const ended = new Promise<{ code: number | null; err: string }>(resolve =>
    child.on('close', code => resolve({ code, err })),
  )
  return { child, ended }
}

/** An IDX file of bytes. */
function idx(dims: readonly number[], byteAt: (index: number) => number): Uint8Array {
  const header = Buffer.alloc(4 + 4 * dims.length)
  header.set([0, 0, 8, dims.length])
  for (const [axis, size] of dims.entries()) header.writeUInt32BE(size, 4 + 4 * axis)
  const length = dims.reduce((product, size) => product * size, 1)
  return Buffer.concat([header, Uint8Array.from({ length }, (_, index) => byteAt(index))])
}

const data = `data:
  preprocess: { colour: grey }
  train: { kind: idx, images: images, labels: labels }
  validation: { kind: idx, images: images, labels: labels }
evaluate: { batchSize: 4 }
runtime: { threads: 1 }
`
const quantize = '{ name: int8, use: [{ quant.static: { samples: 256, batchSize: 4 } }] }'

/** A recipe that trains and quantizes, one that quantizes only, and their model and data. Runs take about a second. */
export async function writeRecipes(folder: string): Promise<readonly string[]> {
  const [samples, classes, pixels] = [512, 4, 64]
  const random = createRandom(3)
  const brightness = (place: number) => (place % classes === Math.floor(place / pixels) % classes ? 150 : 0)
  writeFileSync(
    join(folder, 'images'),
    idx([samples, 8, 8], place => brightness(place) + 100 * random()),
  )
  writeFileSync(
    join(folder, 'labels'),
    idx([samples], sample => sample % classes),
  )
  await writeModel(join(folder, 'model.onnx'), smallModel())
  const created = '{ create: resnet, depth: 8, width: 0.25, input: [1, 8, 8], classes: 4 }'
  const train = '{ name: train, train: { epochs: 4, batchSize: 16 } }'
  return [
    [`model: ${created}\n${data}stages: [${train}, ${quantize}]\n`, 'train.yaml'],
    [`model: model.onnx\n${data}stages: [${quantize}]\n`, 'quantize.yaml'],
  ].map(([text = '', name = '']) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  })
}

export interface KillReport {
  readonly kills: number
  /** Runs that came to their end after being killed, once or more often, with all their files as they should be. */
  readonly finished: number
  /** The most kills that one of them took. */
  readonly most: number
  /** How many kills hit each phase: the last step that had begun. */
  readonly phases: Readonly<Record<string, number>>
  readonly seconds: number
}

/**
 * Kills runs by SIGKILL at random moments, their resumes too, until they come to their end, and compares every file
 * with that of a run that was let be.
 * @throws Error naming the files that differ, or what a process said that did not end well
 */
export async function killRuns({
  kills,
  seed,
}: {
  readonly kills: number
  readonly seed: number
}): Promise<KillReport> {
  const started = performance.now()
  const root = mkdtempSync(join(tmpdir(), 'pare-kill-'))
  const random = createRandom(seed)
  try {
    const recipes = await writeRecipes(root)
    const wholes = []
    for (const recipe of recipes) wholes.push({ recipe, ...(await undisturbed(recipe, `${recipe}-whole`)) })
    const phases: Record<string, number> = {}
    let [done, finished, most] = [0, 0, 0]
    for (let round = 0; done < kills; round++) {
      const whole = wholes[round % wholes.length]
      if (!whole) break
      const folder = join(root, `run-${round}`)
      for (let own = 0; ; ) {
        const { child, ended } = startRun(whole.recipe, folder, { resume: existsSync(folder) })
        // One in each of as many equal parts of a run as there are kills, in a mixed order.
        const moment = momentAt(whole.moments, (((done * 61) % kills) + random()) / kills)
        const killed = done < kills && (await Promise.race([ended.then(() => false), wait(moment, true)]))
        if (killed) child.kill('SIGKILL')
        const { code, err } = await ended
        if (code === null) {
          const phase = lastStep(folder)
          phases[phase] = (phases[phase] ?? 0) + 1
          most = Math.max(most, ++own)
          done++
          continue
        }
        if (code !== 0) throw new Error(`After ${own} kills, ${whole.recipe} ended with code ${code}: ${err}`)
        expectSame(whole.outcome, runOutcome(folder), `${whole.recipe} after ${own} kills`)
        finished++
        break
      }
      rmSync(folder, { recursive: true })
    }
    return { kills: done, finished, most, phases, seconds: (performance.now() - started) / 1000 }
  } finally {
    rmSync(root, { recursive: true })
  }
}

/** A run that nothing happens to: its files, and how long after its start each event came, in milliseconds. */
async function undisturbed(recipe: string, folder: string) {
  const started = Date.now()
  const { code, err } = await startRun(recipe, folder).ended
  if (code !== 0) throw new Error(`${recipe} ended with code ${code}: ${err}`)
  const times = [...readFileSync(join(folder, 'events.jsonl'), 'utf8').matchAll(/"time":"([^"]+)"/g)]
  const moments = [...times.map(([, time = '']) => Date.parse(time)), Date.now()].map(time => time - started)
  return { outcome: runOutcome(folder), moments }
}

/** The time from one event to the next counts the same, be it short or long: so short steps are hit too. */
function momentAt(moments: readonly number[], share: number): number {
  const place = share * (moments.length - 1)
  const [before = 0, after = before] = moments.slice(Math.floor(place))
  return before + (place - Math.floor(place)) * (after - before)
}

function lastStep(folder: string): string {
  const log = join(folder, 'events.jsonl')
  const steps = existsSync(log) ? [...readFileSync(log, 'utf8').matchAll(/"step-start","step":"([^"]+)"/g)] : []
  return steps.at(-1)?.[1] ?? 'before the first step'
}

function expectSame(
  whole: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
  what: string,
): void {
  if (isDeepStrictEqual(whole, now)) return
  const names = new Set([...Object.keys(whole), ...Object.keys(now)])
  throw new Error(`${what}: these files differ: ${[...names].filter(name => whole[name] !== now[name]).join(', ')}`)
}
