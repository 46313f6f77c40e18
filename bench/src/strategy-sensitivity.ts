import { createRandom, type Executor, randomNormal } from '@pare/core-graph'
import { createEvaluator } from '@pare/evaluate'
import { sensitivity } from '@pare/prune'
import { tensorSource } from './samples.ts'
import { strategyContext } from './strategy-context.ts'
import { median, table } from './table.ts'
import { classes, trainingCase } from './training-cases.ts'

const batchSize = 32

/**
 * Measuring the sensitivities of a model and choosing its ratios, of the time of as many whole evaluations as there are
 * points. Everything that `prune.sensitivity` does is counted, the ratios and the cut included.
 */
export async function sensitivities(
  cases: readonly string[],
  { executor, images, rounds }: { readonly executor: Executor; readonly images: number; readonly rounds: number },
): Promise<string> {
  const rows: string[][] = []
  for (const name of cases)
    for (const metric of ['top1', 'agreement']) {
      const { label, input, create } = trainingCase(name)
      const random = createRandom(7)
      const dims = [images, ...input]
      const data = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => randomNormal(random))
      const labels = Int32Array.from({ length: images }, () => Math.floor(classes * random()))
      const source = tensorSource('input', { dataType: 'float32', dims, data }, labels)
      const graph = create()
      const evaluate = createEvaluator({ executor, source, limit: images, batchSize })
      const options = sensitivity.options.parse({ target: { macs: 0.5 }, metric, samples: images, batchSize })

      const times = { measured: [] as number[], evaluated: [] as number[] }
      let points = 0
      for (let round = 0; round < rounds; round++) {
        times.measured.push(
          await secondsOf(async () => {
            const { details } = await sensitivity.prepare(graph, options, {
              ...strategyContext(executor),
              validation: source,
            })
            points = options.ratios.length * (details as { groups: readonly object[] }).groups.length
          }),
        )
        times.evaluated.push(
          await secondsOf(async () => {
            for (let evaluation = 0; evaluation < points; evaluation++) await evaluate(graph)
          }),
        )
      }
      const [measured, evaluated] = [median(times.measured), median(times.evaluated)]
      rows.push([
        `${label}, ${images} images, ${metric}`,
        String(points),
        measured.toFixed(1),
        evaluated.toFixed(1),
        (measured / evaluated).toFixed(2),
        '≤ 0.50',
      ])
      console.error(rows.at(-1)?.join(', '))
    }
  return table(['sensitivity', 'points', 'seconds', 'as many evaluations', 'of these', 'goal'], rows)
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}
