import type { Command } from 'commander'
import type { CommandContext } from './terminal.ts'

/** A command of `pare`. Its file is loaded only when it is named, so that help and errors of usage come at once. */
interface CommandEntry {
  readonly name: string
  readonly description: string
  /** Gives the function that adds arguments, options and the action. */
  readonly load: () => Promise<(command: Command, context: CommandContext) => void>
}

/** In the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'run',
    description: 'Compress a model as a recipe says',
    load: async () => (await import('./commands/run.ts')).defineRun,
  },
  {
    name: 'train',
    description: 'Train a model, as a recipe says or by itself; say what would be trained, and how long it takes',
    load: async () => (await import('./commands/train.ts')).defineTrain,
  },
  {
    name: 'report',
    description: 'Write the report of a finished run again: one HTML file that opens offline',
    load: async () => (await import('./commands/report.ts')).defineReport,
  },
  {
    name: 'inspect',
    description: 'Show inputs, outputs, opsets, the cost of each layer, what can be quantized and what not, and why',
    load: async () => (await import('./commands/inspect.ts')).defineInspect,
  },
  {
    name: 'validate',
    description: 'Check a model against the ONNX specification, and what a runtime takes',
    load: async () => (await import('./commands/validate.ts')).defineValidate,
  },
  {
    name: 'quantize',
    description: 'Quantize a model to int8 after training, without a recipe',
    load: async () => (await import('./commands/quantize.ts')).defineQuantize,
  },
  {
    name: 'prune',
    description: 'Cut channels of a model to a share of its multiply-adds, weights, bytes or latency, without a recipe',
    load: async () => (await import('./commands/prune.ts')).definePrune,
  },
  {
    name: 'distill',
    description: 'Train a model on what a larger one answers, without a recipe',
    load: async () => (await import('./commands/distill.ts')).defineDistill,
  },
  {
    name: 'qat',
    description: 'Train a model as it will be in int8, and quantize it, without a recipe',
    load: async () => (await import('./commands/qat.ts')).defineQat,
  },
  {
    name: 'evaluate',
    description: 'Measure accuracy on labelled data, or fidelity to another model without labels',
    load: async () => (await import('./commands/evaluate.ts')).defineEvaluate,
  },
  {
    name: 'explain',
    description: 'Say why an int8 model is worse than its float one, layer by layer, and what mends it',
    load: async () => (await import('./commands/explain.ts')).defineExplain,
  },
  {
    name: 'latency',
    description: 'Time models against each other, on onnxruntime-node or onnxruntime-web',
    load: async () => (await import('./commands/latency.ts')).defineLatency,
  },
  {
    name: 'saturation',
    description: 'Say which layers of an int8 model would saturate on x86 CPUs without VNNI',
    load: async () => (await import('./commands/saturation.ts')).defineSaturation,
  },
  {
    name: 'sensitivity',
    description: 'Join measured sensitivities of several machines',
    load: async () => (await import('./commands/sensitivity.ts')).defineSensitivity,
  },
  {
    name: 'create',
    description: 'Create a model with initial weights, to be trained',
    load: async () => (await import('./commands/create.ts')).defineCreate,
  },
  {
    name: 'data',
    description: 'Bring data sets',
    load: async () => (await import('./commands/data.ts')).defineData,
  },
  {
    name: 'recipe',
    description: 'Check recipes, print their schema, make them of configurations of PaddleSlim 1.4',
    load: async () => (await import('./commands/recipe.ts')).defineRecipe,
  },
]
