import { percentText } from '@pare/core-graph'
import { checkInputs } from '@pare/evaluate'
import { isQuantized, type LayerSaturation, saturation } from '@pare/quant'
import { createExecutor, readModel } from '@pare/runtime'
import type { Command } from 'commander'
import { countArgument } from '../arguments.ts'
import { type DataFlags, openData, withDataOptions } from '../model-data.ts'
import { progressLines } from '../progress-display.ts'
import { tableText } from '../table.ts'
import type { CommandContext } from '../terminal.ts'

interface Options extends DataFlags {
  readonly samples: number
  readonly json?: boolean
}

/** `pare saturation model.int8.onnx --data images/` */
export function defineSaturation(command: Command, { signal, write, warn }: CommandContext): void {
  withDataOptions(command.argument('<model>', 'a quantized ONNX model'), 'samples')
    .option('--samples <number>', 'samples to look at', countArgument, 16)
    .addHelpText('after', '\nExample:\n  pare saturation model.int8.onnx --data photos/ --preprocess imagenet.yaml')
    .action(async (path: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const graph = await readModel(path)
      await using source = await openData(options, graph, message => warn(`${message}\n`))
      const { samples, json } = options
      const executor = createExecutor()
      if (isQuantized(graph))
        for (const warning of await checkInputs(graph, { executor, source, signal })) warn(`${warning}\n`)
      const layers = await saturation(graph, { executor, source, samples, progress: progressLines(warn), signal })
      if (json) return write(`${JSON.stringify(layers)}\n`)
      write(layers.length > 0 ? saturationText(layers) : noneText(isQuantized(graph)))
    })
}

const noneText = (quantized: boolean) =>
  quantized
    ? 'The model has no Conv, Gemm or MatMul with 8-bit activations and constant int8 weights that could saturate.\n'
    : 'The model is not quantized, so no layer can saturate.\n'

function saturationText(layers: readonly LayerSaturation[]): string {
  const rows = layers
    .filter(({ pairs }) => pairs.risky > 0)
    .map(({ node, op, pairs, elements, worst }) => [
      node,
      op,
      percentText(pairs.risky / pairs.all),
      percentText(elements.saturated / Math.max(1, elements.all)),
      percentText(worst),
    ])
  const saturated = layers.filter(({ elements }) => elements.saturated > 0).length
  const verdict = `${saturated} of ${layers.length} int8 layers would saturate on x86 CPUs without VNNI${
    saturated > 0 ? ': weightBits: 7 (or the target onnxruntime-node) keeps them exact' : ''
  }.\n`
  if (rows.length === 0) return verdict
  return `${tableText(['layer', 'operator', 'risky pairs', 'outputs hit', 'most cut off, of 16 bits'], rows)}\n${verdict}`
}
