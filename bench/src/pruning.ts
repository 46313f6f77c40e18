// Pruning beside Torch-Pruning: the same MobileNetV2 to half its multiply-adds by the L1 norm, one ratio for all layers.
//   npm run build && node bench/src/pruning.ts [--size 224] [--rounds 3] [--threads 2] [--runs 200] [--budget 5000]
//     [--python bench/peers/.venv/bin/python]
// The peer: python3 -m venv bench/peers/.venv && bench/peers/.venv/bin/pip install -r bench/peers/requirements-pruning.txt
// The model is what PyTorch drew and exported. Times are from a model in memory to one in memory; multiply-adds and
// parameters are counted alike on both sides, and both sides' files are timed in turns in the same onnxruntime.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cost, simplify } from '@pare/core-graph'
import { compareLatency, createExecutor, readModel, runtimeVersion } from '@pare/runtime'
import { type Pruning, pruneWith, pruningTools, writeNetwork } from './pruning-tools.ts'
import { images } from './samples.ts'
import { median, table } from './table.ts'
import { peerPython } from './tools.ts'

const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: '224' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    runs: { type: 'string', default: '200' },
    budget: { type: 'string', default: '5000' },
    python: { type: 'string', default: peerPython },
  },
})
const [size, threads] = [Number(options.size), Number(options.threads)]
const work = join(import.meta.dirname, '../.work')
mkdirSync(work, { recursive: true })
const network = { model: join(work, 'pruning.onnx'), input: [3, size, size], seed: 1 } as const
writeNetwork(network, options.python)

const variants = [1, 8].flatMap(multiple => pruningTools.map(tool => ({ tool, multiple })))
const found = variants.map(variant => ({
  ...variant,
  output: join(work, `pruned-${variant.tool}-${variant.multiple}.onnx`),
  prunings: [] as Pruning[],
}))
for (let round = 0; round < Number(options.rounds); round++)
  for (const { tool, multiple, output, prunings } of found) {
    const pruning = pruneWith(tool, { ...network, share: 0.5, multiple, threads, output }, options.python)
    prunings.push(pruning)
    console.error(`${tool}, multiples of ${multiple}: ${pruning.seconds.toFixed(1)} s`)
  }

const graphs = await Promise.all(
  [network.model, ...found.map(({ output }) => output)].map(async path => simplify(await readModel(path)).graph),
)
const given = { runs: Number(options.runs), budget: Number(options.budget), feeds: { input: images(1, size, 1) } }
const single = await compareLatency(createExecutor({ threads: 1 }), graphs, given)
const several = await compareLatency(createExecutor({ threads }), graphs, given)
const whole = graphs[0] && cost(graphs[0]).total
const rows = graphs.map((graph, index) => {
  const { macs, parameters } = cost(graph).total
  const own = found[index - 1]
  const middle = (of: 'seconds' | 'secondsOfOne' | 'megabytes', digits: number) => {
    const values = own?.prunings.flatMap(pruning => pruning[of] ?? []) ?? []
    return values.length > 0 ? median(values).toFixed(digits) : ''
  }
  const latency = [single, several].flatMap(times => {
    const [of = 0, before = 0] = [times[index]?.median, times[0]?.median]
    return [of.toFixed(2), (before / of).toFixed(2)]
  })
  return [
    own ? `${own.tool}, multiples of ${own.multiple}` : 'whole',
    (macs / 1e6).toFixed(1),
    `${((100 * macs) / (whole?.macs ?? 1)).toFixed(1)} %`,
    (parameters / 1e6).toFixed(2),
    middle('seconds', 2),
    middle('secondsOfOne', 2),
    middle('megabytes', 0),
    ...latency,
  ]
})
const version = found.flatMap(({ prunings }) => prunings.flatMap(pruning => pruning.version ?? []))[0]
console.log(`Node ${process.version}, onnxruntime ${runtimeVersion}, Torch-Pruning ${version}\n`)
const threadsHead = ['ms, 1 thread', 'times as fast', `ms, ${threads} threads`, 'times as fast']
const head = ['million MACs', 'left', 'million parameters', 'seconds', 'of one pruning', 'peak MB', ...threadsHead]
console.log(table([`MobileNetV2, ${size}×${size}`, ...head], rows))
