import { changeText, millisecondsText, PareError, type targets } from '@pare/core-graph'
import { createExecutor, type Latency, latencyEngines, readModel } from '@pare/runtime'
import { type Command, Option } from 'commander'
import { countArgument } from '../arguments.ts'
import { tableText } from '../table.ts'
import type { CommandContext } from '../terminal.ts'

interface Options {
  readonly target?: keyof typeof targets
  readonly batch: number
  readonly json?: boolean
}

/** `pare latency float.onnx int8.onnx --target onnxruntime-web` */
export function defineLatency(command: Command, { signal, write, warn }: CommandContext): void {
  command
    .argument('<models...>', 'ONNX models; the others are compared with the first')
    .addOption(
      new Option('--target <runtime>', 'what to time them on').choices(['onnxruntime-node', 'onnxruntime-web']),
    )
    .option('--batch <number>', 'samples in one run', countArgument, 1)
    .addHelpText('after', '\nExample:\n  pare latency model.onnx model.int8.onnx --target onnxruntime-web')
    .action(async (paths: string[], _: unknown, command: Command) => {
      const { target, batch, json } = command.optsWithGlobals<Options>()
      const graphs = await Promise.all(paths.map(readModel))
      const { engines, notes } = await latencyEngines(createExecutor(), target)
      for (const note of notes) warn(`${note}\n`)
      const measured: EngineTimes[] = []
      for (const { name, compare } of engines) {
        warn(`timing on ${name} …\n`)
        try {
          measured.push({ engine: name, latencies: await compare(graphs, { batchSize: batch, signal }) })
        } catch (error) {
          // A browser that does not start does not stop the engines behind it.
          if (!(error instanceof PareError) || name === engines.at(-1)?.name) throw error
          warn(`${error.message} ${error.hint ?? ''}\n`)
        }
      }
      write(json ? `${JSON.stringify(measured)}\n` : measured.map(one => engineText(paths, one)).join('\n'))
    })
}

interface EngineTimes {
  readonly engine: string
  /** In the order of the models. */
  readonly latencies: readonly Latency[]
}

function engineText(paths: readonly string[], { engine, latencies }: EngineTimes): string {
  const first = latencies[0]?.median ?? 0
  const rows = latencies.map(({ median, quartiles, runs }, index) => [
    paths[index] ?? '',
    millisecondsText(median),
    quartiles.map(millisecondsText).join(' – '),
    String(runs),
    index === 0 ? '' : changeText(first, median),
  ])
  return tableText([engine, 'median', 'middle half', 'runs', 'change'], rows)
}
