import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tensorFilesIn } from './tensor-files.ts'

const folder = await mkdtemp(join(tmpdir(), 'pare-tensors-'))
afterAll(() => rm(folder, { recursive: true }))

test.each(['teacher layer/Relu:0', `${'long/'.repeat(60)}a`, `${'long/'.repeat(60)}b`, '../*?'])(
  'a tensor is read as it was written, whatever its name: %s',
  async name => {
    const files = tensorFilesIn(join(folder, 'below'))
    const data = Float32Array.from(name, character => character.charCodeAt(0) / 7)
    expect(await files.read(name)).toBeUndefined()
    await files.write(name, { dataType: 'float32', dims: [data.length, 1], data: new Float32Array(data.length) })
    await files.write(name, { dataType: 'float32', dims: [data.length, 1], data })
    expect(await files.read(name)).toEqual({ dataType: 'float32', dims: [data.length, 1], data })
    expect(await readdir(folder)).toEqual(['below'])
  },
)
