import { loadModel, saveModel } from '@pare/core-graph'
import type { CheckpointStore } from '../checkpoint-store.ts'

/** Keeps checkpoints as the bytes of their files. */
export function memoryStore(): CheckpointStore & { readonly files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>()
  return {
    name: 'memory',
    files,
    list: async () => [...files.keys()],
    read: async name => loadModel(files.get(name) ?? new Uint8Array()),
    write: async (name, graph) => {
      files.set(name, saveModel(graph).model)
    },
    remove: async name => {
      files.delete(name)
    },
  }
}
