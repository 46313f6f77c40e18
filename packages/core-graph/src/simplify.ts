import type { Graph } from './graph.ts'
import { type Pass, type PassReport, runPasses } from './pass.ts'
import { passes } from './passes/registry.ts'

/**
 * What makes a model ready to be measured, run or quantized, in this order: functions inlined and the newest operator
 * forms first, since all else reads those; then fewer nodes and more constants, so that a convolution and its BatchNormalization stand
 * side by side. Dead code goes before each pass that asks who else reads a value, and last.
 */
export const inferencePasses: readonly Pass[] = [
  passes['inline-functions'],
  passes['upgrade-opset'],
  passes['remove-identity'],
  passes['remove-dead-code'],
  passes['fold-constants'],
  passes['remove-dead-code'],
  passes['fold-batch-norm'],
  passes['remove-dead-code'],
]

/**
 * Runs `inferencePasses`: the same outputs from fewer nodes. Names of inputs and outputs stay.
 * @throws ModelError `MODEL_UPGRADE` for an operator that cannot be brought to operator set 21, `MODEL_FUNCTION`, `MODEL_SHAPE`
 */
export const simplify = (graph: Graph): { readonly graph: Graph; readonly reports: readonly PassReport[] } =>
  runPasses(graph, inferencePasses)
