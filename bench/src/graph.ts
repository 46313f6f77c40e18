// What the graph layer costs: loading and saving a 14 MB model beside copying its file, shapes and cost of MobileNetV2 at 224.
//   node bench/src/graph.ts      (from the built packages: npm run build first)

import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync, statSync, writevSync } from 'node:fs'
import { join } from 'node:path'
import { cost, inferTypes, loadModel, saveModelPieces } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { writeModel } from '@pare/runtime'
import { median, table } from './table.ts'

const work = join(import.meta.dirname, '../.work')
mkdirSync(work, { recursive: true })
const path = (name: string) => join(work, name)
await writeModel(
  path('mobilenet-v2.onnx'),
  createModel('mobilenet-v2', { input: [3, 224, 224], classes: 1000, seed: 1 }),
)

/** Milliseconds of each, in turns. */
function inTurns(rounds: number, works: Readonly<Record<string, () => void>>): Record<string, number> {
  const times = Object.fromEntries(Object.keys(works).map(name => [name, [] as number[]]))
  for (let round = 0; round < rounds; round++)
    for (const [name, work] of Object.entries(works)) {
      const started = performance.now()
      work()
      times[name]?.push(performance.now() - started)
    }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]))
}

function write(file: string, pieces: readonly Uint8Array[]): void {
  const descriptor = openSync(file, 'w')
  writevSync(descriptor, pieces)
  closeSync(descriptor)
}
const bytes = readFileSync(path('mobilenet-v2.onnx'))
const times = inTurns(61, {
  copy: () => copyFileSync(path('mobilenet-v2.onnx'), path('copy.onnx')),
  'read and write': () => write(path('copy.onnx'), [readFileSync(path('mobilenet-v2.onnx'))]),
  'load and save': () =>
    write(path('saved.onnx'), saveModelPieces(loadModel(readFileSync(path('mobilenet-v2.onnx')))).pieces),
  'shapes and cost': () => {
    const graph = loadModel(bytes)
    inferTypes(graph)
    cost(graph)
  },
})

const before = process.memoryUsage().arrayBuffers
const { pieces } = saveModelPieces(loadModel(readFileSync(path('mobilenet-v2.onnx'))))
const held = process.memoryUsage().arrayBuffers - before
const size = statSync(path('mobilenet-v2.onnx')).size

console.log(
  table(
    ['MobileNetV2, 224', 'ms', 'of a copy'],
    Object.entries(times).map(([name, ms]) => [name, ms.toFixed(2), (ms / (times.copy ?? 1)).toFixed(2)]),
  ),
)
console.log(
  `\nload and save: ${(held / 1e6).toFixed(1)} MB of arrays for a file of ${(size / 1e6).toFixed(1)} MB (${(held / size).toFixed(2)} times its size), ${pieces.length} pieces`,
)
