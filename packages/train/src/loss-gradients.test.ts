import { createBuilder, type Graph, tensorOf } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { expect, test } from 'vitest'
import { type LossGradientsSetup, lossGradients } from './loss-gradients.ts'
import { patternModel, patternShape, patterns } from './testing/patterns.ts'

const model = patternModel
const setup: LossGradientsSetup = {
  by: ['classifier/weight', 'stem/weight'],
  source: patterns(40, 1),
  executor: createExecutor({ threads: 1 }),
  batchSize: 16,
  seed: 1,
}

async function collected(of: Graph, given: Partial<LossGradientsSetup> = {}) {
  const batches = []
  for await (const batch of lossGradients(of, { ...setup, ...given })) batches.push(batch)
  return batches
}

/** The model with one number of a weight changed. */
function shifted(name: string, place: number, by: number): Graph {
  const tensor = model.initializers.get(name)
  if (tensor?.storage.kind !== 'bytes') throw new Error(`${name} has no bytes.`)
  const data = new Float32Array(tensor.storage.bytes.slice().buffer)
  data[place] = (data[place] ?? 0) + by
  return { ...model, initializers: new Map(model.initializers).set(name, tensorOf('float32', tensor.dims, data)) }
}

test('each full batch has its loss and the slopes of it, as finite differences have them', async () => {
  const batches = await collected(model)
  expect(batches).toHaveLength(2)
  for (const name of setup.by) {
    // Where it is steep enough for differences of float32.
    const sizes = Array.from(batches[0]?.gradients[name]?.data ?? [], Number).map(Math.abs)
    const [place, step] = [sizes.indexOf(Math.max(...sizes)), 0.002]
    const [above, below] = [await collected(shifted(name, place, step)), await collected(shifted(name, place, -step))]
    for (const [index, { gradients }] of batches.entries()) {
      const slope = ((above[index]?.loss ?? 0) - (below[index]?.loss ?? 0)) / (2 * step)
      const gradient = Number(gradients[name]?.data[place])
      expect(gradients[name]?.dims).toEqual(model.initializers.get(name)?.dims)
      expect(Math.abs(gradient - slope)).toBeLessThan(0.02 * Math.abs(slope) + 1e-4)
      if (index === 0) expect(Math.abs(slope)).toBeGreaterThan(0.01)
    }
  }
})

test('values may be what is differentiated by; what the loss does not depend on has no gradient', async () => {
  // L = mean (2h)², h = x·w: ∂L/∂h = 8h/count
  const b = createBuilder('two')
  const x = b.Flatten(b.input('input', 'float32', [null, ...patternShape]))
  const hidden = b.named(
    b.MatMul(x, b.initializer('w', tensorOf('float32', [64, 1], new Float32Array(64).fill(0.5)))),
    'h',
  )
  b.output(b.named(b.Mul(hidden, b.scalar(2)), 'y'))
  b.output(b.named(b.MatMul(x, b.initializer('aside', tensorOf('float32', [64, 1], new Float32Array(64)))), 'z'))
  b.output(b.named(b.Mul(hidden, b.scalar(0)), 'zero'))
  const source = { ...patterns(4, 1), labelled: false }
  const options = { loss: [{ loss: 'mean-squared-error' as const, output: 'y', target: 'zero' }] }
  const [first] = await collected(b.build(), { by: ['h', 'aside'], source, options, batchSize: 4 })
  expect(Object.keys(first?.gradients ?? {})).toEqual(['h'])
  const slopes = Array.from(first?.gradients.h?.data ?? [], Number)
  // L = 1/4 Σ 4h² = Σ (∂L/∂h)²/4
  expect(slopes.reduce((sum, slope) => sum + slope ** 2, 0) / 4).toBeCloseTo(first?.loss ?? 0, 4)
})

test('samples limit it; too few, or none with labels where they are needed, are refused', async () => {
  expect(await collected(model, { samples: 17 })).toHaveLength(1)
  await expect(collected(model, { samples: 15 })).rejects.toMatchObject({ code: 'DATA_SIZE' })
  const source = { ...setup.source, labelled: false }
  await expect(collected(model, { source })).rejects.toMatchObject({ code: 'DATA_LABELS' })
})
