import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBuilder, type Graph, tensorFloats, tensorOf } from '@pare/core-graph'
import { readModel, writeModel } from '@pare/runtime'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { interceptFiles } from './testing/intercept-files.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-model-data-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** A model with 1000 weights of one value. */
function filled(value: number): Graph {
  const b = createBuilder('net')
  const weights = tensorOf('float32', [1000], new Float32Array(1000).fill(value))
  b.output(b.named(b.Add(b.input('x', 'float32', [1000]), b.initializer('w', weights)), 'y'))
  return b.build()
}

async function valueIn(path: string): Promise<number> {
  const weights = (await readModel(path)).initializers.get('w')
  const values = new Set(weights && tensorFloats(weights))
  expect(values.size).toBe(1)
  return [...values][0] ?? Number.NaN
}

/** As a model of more than 2 GiB is written: its tensors in a second file. */
const largest = 1000

test('a model with data beside it is the old one with its data or the new one with its own, wherever writing fails', async () => {
  const path = join(folder, 'model.onnx')
  let operations = 0
  for (let last = 0; last <= operations; last++) {
    await writeModel(path, filled(1), { largest })
    let operation = 0
    {
      using _files = interceptFiles(folder, () => {
        operations = Math.max(operations, ++operation)
        if (operation > last) throw new Error('The process died.')
      })
      await writeModel(path, filled(2), { largest }).catch(() => undefined)
    }
    expect([1, 2]).toContain(await valueIn(path))
    // Whoever writes it again leaves the model and its data, and nothing old.
    await writeModel(path, filled(2), { largest })
    expect(await valueIn(path)).toBe(2)
    expect(readdirSync(folder).filter(name => !name.endsWith('.tmp'))).toHaveLength(2)
  }
  expect(operations).toBeGreaterThan(10)
})

test('a model that no longer needs data beside it takes it away', async () => {
  const path = join(folder, 'model.onnx')
  const [, data] = await writeModel(path, filled(1), { largest })
  expect(existsSync(data?.path ?? '')).toBe(true)
  await writeModel(path, filled(2))
  expect(readdirSync(folder)).toEqual(['model.onnx'])
  expect(await valueIn(path)).toBe(2)
})
