import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBuilder, type Graph, RunError, saveModel, type Tensor, tensorFloats } from '@pare/core-graph'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createExecutor } from './executor.ts'
import { readModel, writeModel } from './model-file.ts'
import { failing } from './testing/failing.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-test-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const weights = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)

function addNet(): Graph {
  const b = createBuilder('net')
  const x = b.input('x', 'float32', [8])
  b.output(b.named(b.Add(x, b.constant('float32', [8], weights)), 'y'))
  return b.build()
}

/** The only tensor of `addNet`, read. */
const weightsOf = (graph: Graph): number[] => {
  const [weight]: Tensor[] = [...graph.initializers.values()]
  return weight ? Array.from(tensorFloats(weight)) : []
}

/** A model file whose tensor lies in another file, called `location`. */
async function writeExternal(location: string): Promise<{ path: string; data: Uint8Array }> {
  const { model, externalData } = saveModel(addNet(), { external: { location, threshold: 0 } })
  const path = join(folder, 'model.onnx')
  await writeFile(path, model)
  return { path, data: Buffer.concat(externalData) }
}

test('what was written is read again, and runs', async () => {
  const path = join(folder, 'model.onnx')
  const written = await writeModel(path, addNet())
  expect(written).toEqual([{ path, bytes: (await readFile(path)).byteLength }])
  await using session = await createExecutor().open(await readModel(path))
  const { y } = await session.run({ x: { dataType: 'float32', dims: [8], data: new Float32Array(8) } })
  expect(y?.data).toEqual(weights)
})

describe('reading refuses', () => {
  test('a missing file', async () => {
    const error = await failing(() => readModel(join(folder, 'none.onnx')))
    expect(error.code).toBe('MODEL_FILE')
    expect(error.message).toContain('There is no file')
  })

  test('a folder', async () => {
    const error = await failing(() => readModel(folder))
    expect(error.code).toBe('MODEL_FILE')
    expect(error.message).toContain('is a folder')
  })

  test('an empty, a truncated and a foreign file, naming it', async () => {
    const path = join(folder, 'model.onnx')
    const { model } = saveModel(addNet())
    for (const bytes of [new Uint8Array(), model.subarray(0, model.length - 9), Buffer.from('<html></html>')]) {
      await writeFile(path, bytes)
      const error = await failing(() => readModel(path))
      expect(error.code).toMatch(/^MODEL_/)
      expect(error.message).toContain(path)
      expect(error.hint).toBeTruthy()
    }
  })
})

describe('external data', () => {
  test('is read from beside the model, also from a folder below it', async () => {
    await mkdir(join(folder, 'below'))
    for (const location of ['model.data', 'below/model.data']) {
      const { path, data } = await writeExternal(location)
      await writeFile(join(folder, location), data)
      expect(weightsOf(await readModel(path))).toEqual(Array.from(weights))
    }
  })

  test('may be a link within the folder', async () => {
    const { path, data } = await writeExternal('link.data')
    await writeFile(join(folder, 'real.data'), data)
    await symlink('real.data', join(folder, 'link.data'))
    expect(weightsOf(await readModel(path))).toEqual(Array.from(weights))
  })

  test.each([
    { location: '../../etc/passwd', says: "lies outside the model's folder" },
    { location: 'below/../../secret.data', says: "lies outside the model's folder" },
    { location: '/etc/passwd', says: 'is an absolute path' },
    { location: 'C:\\secret.data', says: 'is an absolute path' },
    { location: 'missing.data', says: 'does not exist' },
    { location: '.', says: "lies outside the model's folder" },
  ])('at $location is refused', async ({ location, says }) => {
    const { path } = await writeExternal(location)
    const error = await failing(async () => weightsOf(await readModel(path)))
    expect(error.code).toBe('MODEL_EXTERNAL_DATA')
    expect(error.message).toContain(location)
    expect(error.message).toContain(says)
  })

  test('is not read through a link out of the folder, be it a file or a folder', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'pare-outside-'))
    try {
      const { data } = await writeExternal('file.data')
      await writeFile(join(outside, 'file.data'), data)
      await symlink(join(outside, 'file.data'), join(folder, 'file.data'))
      await symlink(outside, join(folder, 'out'))
      for (const location of ['file.data', 'out/file.data']) {
        const { path } = await writeExternal(location)
        const error = await failing(async () => weightsOf(await readModel(path)))
        expect(error.code).toBe('MODEL_EXTERNAL_DATA')
        expect(error.message).toContain('leads by a link outside')
      }
    } finally {
      await rm(outside, { recursive: true, force: true })
    }
  })

  test('that is too short, or a folder, is refused', async () => {
    const { path, data } = await writeExternal('model.data')
    await writeFile(join(folder, 'model.data'), data.subarray(0, data.length - 1))
    const short = await failing(async () => weightsOf(await readModel(path)))
    expect(short.code).toBe('MODEL_EXTERNAL_DATA')
    expect(short.message).toContain(`ends before byte ${data.length}`)
    await rm(join(folder, 'model.data'))
    await mkdir(join(folder, 'model.data'))
    expect((await failing(async () => weightsOf(await readModel(path)))).message).toContain('is not a file')
  })
})

describe('writing', () => {
  test('leaves no temporary file, and replaces what was there', async () => {
    const path = join(folder, 'model.onnx')
    await writeFile(path, 'old')
    await writeModel(path, addNet())
    expect(await readdir(folder)).toEqual(['model.onnx'])
    expect(weightsOf(await readModel(path))).toEqual(Array.from(weights))
  })

  test('that fails at the last moment leaves nothing', async () => {
    const path = join(folder, 'model.onnx')
    await mkdir(join(path, 'in the way'), { recursive: true })
    const error = await failing(() => writeModel(path, addNet()))
    expect(error).toBeInstanceOf(RunError)
    expect(error.code).toBe('RUN_WRITE')
    expect(await readdir(folder)).toEqual(['model.onnx'])
  })

  test('into a missing folder, or below a file, is a RunError that names the path', async () => {
    await writeFile(join(folder, 'file'), '')
    for (const path of [join(folder, 'none', 'model.onnx'), join(folder, 'file', 'model.onnx')]) {
      const error = await failing(() => writeModel(path, addNet()))
      expect(error.code).toBe('RUN_WRITE')
      expect(error.message).toContain(path)
    }
  })

  // Root may write anywhere.
  test.skipIf(process.getuid?.() === 0)('into a read-only folder is a RunError', async () => {
    await chmod(folder, 0o555)
    try {
      expect((await failing(() => writeModel(join(folder, 'model.onnx'), addNet()))).code).toBe('RUN_WRITE')
    } finally {
      await chmod(folder, 0o755)
    }
  })
})
