import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createModel } from '@pare/models'
import { writeModel } from '@pare/runtime'
import { afterAll, beforeAll } from 'vitest'
import { pare } from '../program.ts'

export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs `pare` as a user does in a shell, but in this process. */
export async function run(...args: string[]): Promise<Outcome> {
  let out = ''
  let err = ''
  const code = await pare(args, {
    signal: new AbortController().signal,
    isInteractive: false,
    write: text => {
      out += text
    },
    warn: text => {
      err += text
    },
  })
  return { code, out, err }
}

/** An IDX file of bytes (LeCun's format: magic 0x08 and the rank, sizes, then the bytes). */
export function idx(dims: readonly number[], byteAt: (index: number) => number): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * dims.length))
  header.setUint32(0, 0x0800 + dims.length)
  for (const [index, size] of dims.entries()) header.setUint32(4 + 4 * index, size)
  const length = dims.reduce((product, size) => product * size, 1)
  return Buffer.concat([new Uint8Array(header.buffer), Uint8Array.from({ length }, (_, index) => byteAt(index))])
}

/** Byte of the playground's images: each differs from the one before. */
export const pixelAt = (index: number): number => (index * 37 + Math.floor(index / 256) * 11) % 256

/**
 * A folder for the tests of a file, the current one while they run, with `model.onnx` (4 classes of 1×16×16),
 * `images` and `labels` (IDX) and `preprocess.yaml`.
 */
export function playground({ samples }: { readonly samples: number }): void {
  const before = process.cwd()
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pare-cli-'))
    process.chdir(folder)
    await writeFile('images', idx([samples, 16, 16], pixelAt))
    await writeFile(
      'labels',
      idx([samples], index => index % 4),
    )
    await writeFile('preprocess.yaml', 'colour: grey\n')
    await writeModel('model.onnx', createModel('resnet', { depth: 8, width: 0.5, input: [1, 16, 16], classes: 4 }))
  })
  afterAll(async () => {
    process.chdir(before)
    await rm(folder, { recursive: true })
  })
}
