import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { playground } from './testing/playground.ts'

playground({ samples: 3000 })

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

/** A process of `pare`, and what it does until it ends. */
function start(...args: string[]) {
  const child = spawn(process.execPath, ['--conditions=@pare/source', main, ...args])
  const ended = new Promise<number | null>(resolve => child.on('exit', resolve))
  let err = ''
  const said = (text: string) =>
    new Promise<void>(resolve =>
      child.stderr.on('data', chunk => {
        err += chunk
        if (err.includes(text)) resolve()
      }),
    )
  return { child, ended, said, err: () => err }
}

const recipe = `
model: model.onnx
data:
  preprocess: { colour: grey }
  validation: { kind: idx, images: images, labels: labels }
stages: [{ name: int8, use: [{ quant.static: { samples: 64 } }] }]
evaluate: { batchSize: 10, fidelitySamples: 20 }
accept: { size: 0.01 }
`

test('Ctrl-C ends a run with code 130, and --resume finishes it, with the code of its outcome', async () => {
  await writeFile('recipe.yaml', recipe)
  const stopped = start('run', 'recipe.yaml', '-o', 'run')
  // 300 batches from its end.
  await stopped.said('measure-float: 10 of 3,000 samples')
  stopped.child.kill('SIGINT')
  expect(await stopped.ended).toBe(130)
  expect(stopped.err()).toContain('error RUN_CANCELLED')
  expect(existsSync('run/steps/measure-float.json')).toBe(false)
  expect(await readFile('run/events.jsonl', 'utf8')).toContain('"code":"RUN_CANCELLED"')

  const resumed = start('run', 'recipe.yaml', '-o', 'run', '--resume')
  expect(await resumed.ended).toBe(1)
  expect(existsSync('run/result.json')).toBe(true)
})

const trainingRecipe = `
model: model.onnx
data:
  preprocess: { colour: grey }
  train: { kind: idx, images: images, labels: labels, subset: { take: 1600 } }
  validation: { kind: idx, images: images, labels: labels, subset: { take: 160 } }
stages: [{ name: train, train: { epochs: 2, batchSize: 16 } }]
evaluate: { fidelitySamples: 16 }
runtime: { threads: 1 }
`

test('Ctrl-C ends a training between two steps, and --resume goes on in the middle of the epoch, to the same model', async () => {
  await writeFile('training.yaml', trainingRecipe)
  const stopped = start('train', 'training.yaml', '-o', 'trained')
  // 200 steps: the line of the first one.
  await stopped.said('1-train: 1 of 200 steps')
  stopped.child.kill('SIGINT')
  expect(await stopped.ended).toBe(130)
  expect(stopped.err()).toContain('error RUN_CANCELLED')
  const [checkpoint = '', ...more] = await readdir('trained/steps/1-train.checkpoints')
  expect(more).toEqual([])
  const [epochs, steps = 0] = checkpoint.split('-').map(Number)
  expect(epochs).toBe(0)
  expect(steps).toBeGreaterThan(0)

  const resumed = start('train', 'training.yaml', '-o', 'trained', '--resume')
  await resumed.said(`1-train: ${steps + 1} of 200 steps`)
  expect(await resumed.ended).toBe(0)
  expect(await start('train', 'training.yaml', '-o', 'whole').ended).toBe(0)
  expect(await readFile('trained/model.onnx')).toEqual(await readFile('whole/model.onnx'))
})

test.runIf(existsSync('/dev/full'))('output that cannot be written is a failure', async () => {
  const full = openSync('/dev/full', 'w')
  const child = spawn(process.execPath, ['--conditions=@pare/source', main, 'inspect', 'model.onnx'], {
    stdio: ['ignore', full, 'pipe'],
  })
  closeSync(full)
  let err = ''
  child.stderr?.on('data', chunk => {
    err += chunk
  })
  expect(await new Promise(resolve => child.on('close', resolve))).toBe(3)
  expect(err).toMatch(/^error RUN_OUTPUT: Standard output cannot be written: .*ENOSPC/)
})

test('a command goes on when nobody reads its progress any more', async () => {
  const evaluation = start('evaluate', 'model.onnx', '--data', 'images', '--labels', 'labels', '--json')
  let out = ''
  evaluation.child.stdout.on('data', chunk => {
    out += chunk
  })
  evaluation.child.stderr.destroy()
  const closed = new Promise(resolve => evaluation.child.on('close', resolve))
  expect(await evaluation.ended).toBe(0)
  await closed
  expect(JSON.parse(out).metrics.top1).toBeGreaterThanOrEqual(0)
})

test('whoever reads the output may stop early', async () => {
  const listing = start('inspect', 'model.onnx')
  listing.child.stdout.destroy()
  expect([await listing.ended, listing.err()]).toEqual([0, ''])
})
