import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createBuilder, type TensorFiles, tensorElements, tensorOf } from '@pare/core-graph'
import { makeFolder, readModel, writeFailure, writeModel } from '@pare/runtime'

/** Tensors in a folder, each in an ONNX file of its own, which is written whole. */
export function tensorFilesIn(folder: string): TensorFiles {
  /** Any name is one of a file: what must not stand in it is escaped, and a long one cut. */
  const pathOf = (name: string) => {
    const digest = createHash('sha256').update(name).digest('hex').slice(0, 16)
    return join(folder, `${encodeURIComponent(name).replaceAll('*', '%2A').slice(0, 120)}-${digest}.onnx`)
  }
  return {
    read: async name => {
      if (!existsSync(pathOf(name))) return undefined
      const tensor = (await readModel(pathOf(name))).initializers.get('tensor')
      return tensor && { dataType: tensor.dataType, dims: tensor.dims, data: tensorElements(tensor) }
    },
    write: async (name, { dataType, dims, data }) => {
      await makeFolder(folder).catch(cause => {
        throw writeFailure('RUN_WRITE', `${folder} cannot be made`, cause)
      })
      const b = createBuilder('tensor')
      b.output(b.named(b.Identity(b.initializer('tensor', tensorOf(dataType, dims, data))), 'output'))
      await writeModel(pathOf(name), b.build())
    },
  }
}
