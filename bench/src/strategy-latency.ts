import { readFileSync } from 'node:fs'
import { cost, type Graph, simplify } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { uniform } from '@pare/prune'
import { quantizeStatic } from '@pare/quant'
import { compareLatency, createExecutor } from '@pare/runtime'
import { images, tensorSource } from './samples.ts'
import { strategyContext } from './strategy-context.ts'
import { table } from './table.ts'

const size = 224
const label = { 'mobilenet-v1': 'MobileNetV1', 'mobilenet-v2': 'MobileNetV2' } as const
/** How many times as fast as the float model. */
const goals = { 'mobilenet-v1': '≥ 1.60', 'mobilenet-v2': '> 1.00' } as const

/** What becomes of latency where half of the multiply-adds are cut, where a model is int8, and both. */
export async function latencies(
  threads: readonly number[],
  { runs, budget }: { readonly runs: number; readonly budget: number },
): Promise<string> {
  const rows: string[][] = []
  for (const family of ['mobilenet-v1', 'mobilenet-v2'] as const) {
    const models = await variantsOf(family)
    const graphs = models.map(({ graph }) => graph)
    for (const count of threads) {
      const executor = createExecutor({ threads: count })
      const found = await compareLatency(executor, graphs, { runs, budget, feeds: { input: images(1, size, 1) } })
      const whole = found[0]?.median ?? 0
      for (const [index, { name, goal, graph }] of models.entries()) {
        const { median = 0, quartiles = [0, 0] } = found[index] ?? {}
        rows.push([
          `${label[family]}, threads ${count}, ${name}`,
          (cost(graph).total.macs / 1e6).toFixed(0),
          median.toFixed(2),
          quartiles.map(ms => ms.toFixed(2)).join('–'),
          (whole / median).toFixed(2),
          goal,
        ])
      }
    }
  }
  return table([`${size}×${size}, batch 1`, 'million MACs', 'ms', 'quartiles', 'times as fast', 'goal'], rows)
}

async function variantsOf(
  family: keyof typeof goals,
): Promise<readonly { readonly name: string; readonly goal: string; readonly graph: Graph }[]> {
  const executor = createExecutor()
  const model = createModel(family, { input: [3, size, size], classes: 1000, seed: 1 })
  const { graph: float } = simplify(model)
  const pruned = async (multiple: number) => {
    const options = uniform.options.parse({ target: { macs: 0.5 }, multiple })
    const { graph } = await uniform.prepare(model, options, strategyContext(executor))
    return simplify(graph).graph
  }
  const calibration = tensorSource('input', images(16, size, 1))
  const int8 = async (graph: Graph) => (await quantizeStatic(graph, { executor, calibration }, { samples: 16 })).graph
  const [single, eights] = [await pruned(1), await pruned(8)]
  const integerGoal = hasVnni() ? '≥ 2.00' : ''
  return [
    { name: 'float', goal: '', graph: float },
    { name: 'half the MACs', goal: goals[family], graph: single },
    { name: 'half the MACs, multiples of 8', goal: goals[family], graph: eights },
    { name: 'int8', goal: integerGoal, graph: await int8(float) },
    { name: 'half the MACs, int8', goal: '', graph: await int8(single) },
    { name: 'half the MACs, multiples of 8, int8', goal: '', graph: await int8(eights) },
  ]
}

/** Whether the CPU sums products of 8-bit integers at once. Linux only. */
export const hasVnni = (): boolean => /\bavx(512)?_vnni\b/.test(readFileSync('/proc/cpuinfo', 'utf8'))
