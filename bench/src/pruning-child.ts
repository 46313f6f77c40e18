// Prunes one model to a share of its multiply-adds with Pare, and prints seconds and peak memory as JSON. Started by
// pruning.ts.
//   node pruning-child.ts '{ "model": …, "share": …, "multiple": …, "threads": …, "output": … }'

import { simplify } from '@pare/core-graph'
import { uniform } from '@pare/prune'
import { createExecutor, readModel, writeModel } from '@pare/runtime'
import { peakMegabytes } from './peak-memory.ts'
import type { PruningTask } from './pruning-tools.ts'
import { strategyContext } from './strategy-context.ts'

const { model, share, multiple, threads, output } = JSON.parse(process.argv[2] ?? '{}') as PruningTask
const { graph } = simplify(await readModel(model))
const started = performance.now()
const options = uniform.options.parse({ target: { macs: share }, importance: 'l1-norm', multiple })
const pruned = await uniform.prepare(graph, options, strategyContext(createExecutor({ threads })))
const seconds = (performance.now() - started) / 1000
await writeModel(output, pruned.graph)
console.log(JSON.stringify({ seconds, megabytes: peakMegabytes() }))
