// How long the command takes to start, whole process, from the built packages, beside an empty Node.
//   npm run build && node bench/src/cli.ts

import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createModel } from '@pare/models'
import { writeModel } from '@pare/runtime'
import { median, table } from './table.ts'

const work = join(import.meta.dirname, '../.work')
mkdirSync(work, { recursive: true })
const model = join(work, 'mobilenet-v2.onnx')
await writeModel(model, createModel('mobilenet-v2', { input: [3, 224, 224], classes: 1000, seed: 1 }))
const pare = join(import.meta.dirname, '../../packages/cli/bin/pare.js')

const commands: Record<string, readonly string[]> = {
  'node, nothing': ['-e', ''],
  'pare --help': [pare, '--help'],
  'pare inspect of MobileNetV2': [pare, 'inspect', model],
}
const times = new Map(Object.keys(commands).map(name => [name, [] as number[]]))
for (let round = 0; round < 11; round++)
  for (const [name, args] of Object.entries(commands)) {
    const started = performance.now()
    const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' })
    if (status !== 0) throw new Error(`${name} ended with ${status}`)
    times.get(name)?.push(performance.now() - started)
  }
console.log(
  table(
    ['', 'ms'],
    [...times].map(([name, values]) => [name, median(values).toFixed(0)]),
  ),
)
