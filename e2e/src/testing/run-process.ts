import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRandom } from '@pare/core-graph'
import { writeModel } from '@pare/runtime'
import { smallModel } from './small-recipes.ts'

const pare = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url))

export interface Run {
  readonly child: ChildProcess
  /** Resolves when it has said a text, on standard error. */
  readonly said: (text: string) => Promise<void>
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
  // Most of the time of such a small run would go into compiling Pare.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(dirname(recipe), 'compiled') }
  const child = spawn(command ?? '', rest, { stdio: ['ignore', 'ignore', 'pipe'], env })
  let err = ''
  child.stderr.on('data', text => {
    err += text
  })
  const said = (text: string) =>
    new Promise<void>(resolve => {
      const look = () => err.includes(text) && resolve()
      child.stderr.on('data', look)
      look()
    })
  const ended = new Promise<{ code: number | null; err: string }>(resolve =>
    child.on('close', code => resolve({ code, err })),
  )
  return { child, ended, said }
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
  await writeModel(join(folder, 'model.onnx'), smallModel('any size'))
  const created = '{ create: resnet, depth: 8, width: 0.25, input: [1, 8, 8], classes: 4 }'
  const within = 'accumulate: 2, average: 0.9, checkpointEvery: { steps: 3 }, keep: 2'
  const train = `{ name: train, train: { epochs: 4, batchSize: 16, ${within} } }`
  return [
    [`model: ${created}\n${data}stages: [${train}, ${quantize}]\n`, 'train.yaml'],
    [`model: model.onnx\n${data}stages: [${quantize}]\n`, 'quantize.yaml'],
  ].map(([text = '', name = '']) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  })
}
