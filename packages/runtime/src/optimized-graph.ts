import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Graph, saveModel } from '@pare/core-graph'
import { InferenceSession } from 'onnxruntime-node'
import { readModel } from './model-file.ts'

/**
 * What onnxruntime makes of a graph before it runs it: its fused operators say whether a Q/DQ model computes in int8.
 * Rewrites that depend on the machine's instructions are left out.
 */
export async function optimizedGraph(graph: Graph): Promise<Graph> {
  const folder = await mkdtemp(join(tmpdir(), 'pare-'))
  const path = join(folder, 'optimized.onnx')
  try {
    const session = await InferenceSession.create(saveModel(graph).model, {
      graphOptimizationLevel: 'extended',
      optimizedModelFilePath: path,
      logSeverityLevel: 3,
    })
    await session.release()
    return await readModel(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
