// The rows of the original's table on Fashion-MNIST: runs what is not there yet, one seed for all rows first, then the
// next, and writes docs/results.md. Stopped, it goes on where it was.
//   npm run reproduce                     all rows and seeds
//   npm run reproduce -- distilled        this row
//   npm run reproduce -- --seeds 1        one seed
//   npm run reproduce -- --check          run and write nothing; fail when the page is not what the results say

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { datasetOf, openDataSource } from '@pare/data'
import { createEvaluator } from '@pare/evaluate'
import { Compressor, type RecipeInput, type RunEvent } from '@pare/recipe'
import { createExecutor, readModel } from '@pare/runtime'
import { parse } from 'yaml'
import { resultsPage } from './reproduce/results-page.ts'
import { readResult, rowResult, writeResult } from './reproduce/row-result.ts'
import { type Row, rows, seeds } from './reproduce/rows.ts'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: String(seeds.length) },
    check: { type: 'boolean', default: false },
  },
})

const root = join(import.meta.dirname, '../..')
const recipes = join(root, 'recipes/reproduce')
const page = join(root, 'docs/results.md')
const unknown = positionals.find(id => rows.every(row => row.id !== id))
if (unknown !== undefined)
  throw new Error(`There is no row ${unknown}; there are ${rows.map(({ id }) => id).join(', ')}.`)

const controller = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort())

const written = () => resultsPage(readFileSync(page, 'utf8'), readResult)
if (options.check) {
  if (written() === readFileSync(page, 'utf8')) console.log('docs/results.md is up to date')
  else {
    console.error('docs/results.md is not what bench/results say: write it by `npm run reproduce`.')
    process.exitCode = 1
  }
} else
  for (const seed of seeds.slice(0, Number(options.seeds)))
    for (const row of rows) {
      if (positionals.length > 0 && !positionals.includes(row.id)) continue
      if (readResult(row.id, seed)) continue
      await run(row, seed)
      writeFileSync(`${page}.tmp`, written())
      renameSync(`${page}.tmp`, page)
    }

async function run({ id }: Row, seed: number): Promise<void> {
  console.log(`── ${id}, seed ${seed}`)
  const recipe = { ...(parse(readFileSync(join(recipes, `${id}.yaml`), 'utf8')) as RecipeInput), seed }
  const compressor = await Compressor.open(recipe, { baseDirectory: recipes, name: id })
  const output = join(root, '.pare/reproduce', `${id}-${seed}`)
  const resume = existsSync(join(output, 'run.json'))
  const result = await compressor.run({ output, resume, listener: tell, signal: controller.signal })
  const top1 = await testAccuracy(result.model)
  writeResult(rowResult(id, top1, result))
  console.log(`── ${id}, seed ${seed}: top-1 on the test images ${(100 * top1).toFixed(2)} %`)
}

async function testAccuracy(model: string): Promise<number> {
  const graph = await readModel(model)
  const { splits, preprocess } = datasetOf('fashion-mnist')
  const baseDirectory = join(root, '.pare/datasets/fashion-mnist')
  await using source = await openDataSource(splits.test, { preprocess, baseDirectory, inputs: graph.inputs })
  const { top1 } = await createEvaluator({ executor: createExecutor(), source, batchSize: 64 })(graph)
  if (top1 === undefined) throw new Error('The test images have no labels.')
  return top1
}

function tell(event: RunEvent): void {
  if (event.type === 'note') console.log(`${event.step}: ${event.message}`)
  if (event.type === 'epoch') {
    const { epoch, loss, metrics } = event.result
    console.log(
      `${event.step}: epoch ${epoch}, loss ${loss.toFixed(4)}, held out ${(100 * (metrics.top1 ?? 0)).toFixed(2)} %`,
    )
  }
  if (event.type === 'step-end') console.log(`${event.step}: ${Math.round(event.seconds)} s`)
}
