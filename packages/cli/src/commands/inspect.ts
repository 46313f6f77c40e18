import {
  bytesText,
  cost,
  countText,
  type Graph,
  inferTypes,
  type NodeCost,
  type Shape,
  savedBytes,
  simplify,
  upgradeOpset,
  withInputShapes,
} from '@pare/core-graph'
import { proposePairs } from '@pare/distill'
import { prunableReport } from '@pare/prune'
import { isQuantized, planQuantization, type QuantizationPlan } from '@pare/quant'
import { readModel } from '@pare/runtime'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { pairsSummary, prunableSummary } from '../prunable-summary.ts'
import { tableText } from '../table.ts'
import type { CommandContext } from '../terminal.ts'

interface Options {
  readonly input?: Readonly<Record<string, readonly number[]>>
  readonly prune?: boolean
  readonly pairs?: string
  readonly json?: boolean
}

/** `pare inspect model.onnx` */
export function defineInspect(command: Command, { write }: CommandContext): void {
  command
    .argument('<model>', 'an ONNX model')
    .option('--input <shape>', 'bind an input: 1x3x224x224, or name=1x3x224x224 (may be repeated)', inputArgument)
    .option('--prune', 'which channels can be cut, what that saves, and what stays and why')
    .addOption(
      new Option(
        '--pairs <teacher>',
        'pairs of tensors of the model and of a teacher that are worth comparing',
      ).conflicts('prune'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  pare inspect model.onnx\n  pare inspect --prune model.onnx\n  pare inspect --pairs teacher.onnx student.onnx\n  pare inspect model.onnx --input 1x3x224x224 --json',
    )
    .action(async (path: string, _: unknown, command: Command) => {
      const { input = {}, prune, pairs, json } = command.optsWithGlobals<Options>()
      const file = await readModel(path)
      const upgraded = upgradeOpset(file)
      const shapes = Object.fromEntries(
        Object.entries(input).map(([name, shape]) => [name || (file.inputs[0]?.name ?? ''), shape]),
      )
      const graph = withInputShapes(upgraded, shapes)
      if (pairs !== undefined) {
        const proposed = proposePairs(graph, await readModel(pairs))
        return write(json ? `${JSON.stringify(proposed)}\n` : pairsSummary(proposed))
      }
      if (prune) {
        const report = prunableReport(graph)
        return write(json ? `${JSON.stringify(report)}\n` : prunableSummary(report))
      }
      const { nodes: costs, total, unknown } = cost(graph)
      // What is quantized is the simplified graph: BatchNorm folded, identities gone.
      const { graph: simplified } = simplify(graph)
      const plan = planQuantization(simplified)
      const quantized = isQuantized(file)
      const int8Of = quantized ? () => 'already' as const : quantizability(simplified, plan)
      const { values, unknown: uninferred } = inferTypes(graph)
      const typeOf = (name: string) => ({ name, dataType: values.get(name)?.dataType, shape: values.get(name)?.shape })
      const nodeOf = new Map(graph.nodes.map(node => [node.name, node]))
      const shapeOf = (node: string) => values.get(nodeOf.get(node)?.outputs[0] ?? '')?.shape
      const tensorsOf = (node: string) => ({ inputs: nodeOf.get(node)?.inputs, outputs: nodeOf.get(node)?.outputs })
      const facts = {
        name: file.name,
        opsets: Object.fromEntries(file.opsets),
        bytes: savedBytes(file),
        inputs: file.inputs.map(({ name }) => typeOf(name)),
        outputs: file.outputs.map(({ name }) => typeOf(name)),
        total,
        nodes: costs.map(item => ({
          ...item,
          ...tensorsOf(item.node),
          shape: shapeOf(item.node),
          int8: int8Of(item.node),
        })),
        unknown: uninferred.map(({ node, reason }) => ({ node: node.name, op: node.op, reason })),
        costUnknown: unknown,
        quantizable: plan.quantized,
        kept: quantized ? [] : plan.kept,
        quantized,
      }
      write(json ? `${JSON.stringify(facts)}\n` : inspectText(facts))
    })
}

/** `folded`: the node is gone once the graph is simplified, as a BatchNorm that goes into its Conv. */
type Int8 = 'yes' | 'no' | 'folded' | 'already'

function quantizability(simplified: Graph, plan: QuantizationPlan): (node: string) => Int8 {
  const left = new Set(simplified.nodes.map(({ name }) => name))
  const quantized = new Set(plan.quantized.map(({ node }) => node))
  return node => (quantized.has(node) ? 'yes' : left.has(node) ? 'no' : 'folded')
}

interface Facts {
  readonly name: string
  readonly opsets: Readonly<Record<string, number>>
  readonly bytes: number
  readonly quantized: boolean
  readonly inputs: readonly ValueFacts[]
  readonly outputs: readonly ValueFacts[]
  readonly total: { readonly macs: number; readonly parameters: number }
  readonly nodes: readonly (NodeCost & { readonly shape: Shape | undefined; readonly int8: Int8 })[]
  readonly unknown: readonly { readonly node: string; readonly op: string; readonly reason: string }[]
  readonly quantizable: ReturnType<typeof planQuantization>['quantized']
  readonly kept: ReturnType<typeof planQuantization>['kept']
}

interface ValueFacts {
  readonly name: string
  readonly dataType: string | undefined
  readonly shape: Shape | undefined
}

function inspectText(facts: Facts): string {
  const value = ({ name, dataType = '?', shape }: ValueFacts) =>
    `${name} ${dataType} [${shape?.map(size => size ?? '?').join(', ') ?? '?'}]`
  const sections = [
    `${facts.name}, ${bytesText(facts.bytes)}, ${countText(facts.total.parameters)} parameters, ${countText(facts.total.macs)} multiply-adds for one sample\n` +
      `${facts.quantized ? 'quantized already\n' : ''}opsets  ${Object.entries(facts.opsets)
        .map(([domain, version]) => `${domain || 'ai.onnx'} ${version}`)
        .join(', ')}\n` +
      `input   ${facts.inputs.map(value).join('\n        ')}\n` +
      `output  ${facts.outputs.map(value).join('\n        ')}\n`,
    tableText(
      ['layer', 'operator', 'output', 'multiply-adds', 'parameters', 'int8'],
      facts.nodes
        .filter(({ macs, parameters }) => macs > 0 || parameters > 0)
        .map(({ node, op, shape, macs, parameters, int8 }) => [
          node,
          op,
          shape?.join('x') ?? '?',
          countText(macs),
          countText(parameters),
          int8,
        ]),
    ),
  ]
  if (facts.kept.length > 0)
    sections.push(
      tableText(
        ['stays float', 'operator', 'because'],
        facts.kept.map(({ node, op, reason }) => [node, op, reason]),
      ),
    )
  if (facts.unknown.length > 0)
    sections.push(
      tableText(
        ['not understood', 'operator', 'because'],
        facts.unknown.map(({ node, op, reason }) => [node, op, reason]),
      ),
    )
  return sections.join('\n')
}

function inputArgument(
  text: string,
  before: Readonly<Record<string, readonly number[]>> = {},
): Record<string, readonly number[]> {
  const [shape = '', name = ''] = text.split('=').reverse()
  const sizes = shape.split('x').map(Number)
  if (sizes.some(size => !Number.isInteger(size) || size < 1))
    throw new InvalidArgumentError('It must be a shape such as 1x3x224x224, or name=1x3x224x224.')
  return { ...before, [name]: sizes }
}
