import type { Graph } from './graph.ts'
import { type Pass, type PassReport, runPasses } from './pass.ts'
import { passes } from './passes/registry.ts'

/**
 * Functions inlined and the newest operator forms first, since all else reads those; then fewer nodes and more constants.
 * Dead code goes before each pass that asks who else reads a value, and last.
 */
const unfoldedPasses: readonly Pass[] = [
  passes['inline-functions'],
  passes['upgrade-opset'],
  passes['remove-identity'],
  passes['remove-dead-code'],
  passes['fold-constants'],
  passes['remove-dead-code'],
]

/** What makes a model ready to be measured, run or quantized: a convolution and its BatchNormalization stand side by side by then. */
export const inferencePasses: readonly Pass[] = [
  ...unfoldedPasses,
  passes['fold-batch-norm'],
  passes['remove-dead-code'],
]

/**
 * Runs `inferencePasses`: the same outputs from fewer nodes. Names of inputs and outputs stay.
 * @throws ModelError `MODEL_UPGRADE` for an operator that cannot be brought to operator set 21, `MODEL_FUNCTION`, `MODEL_SHAPE`
 */
export const simplify = (graph: Graph): { readonly graph: Graph; readonly reports: readonly PassReport[] } =>
  runPasses(graph, inferencePasses)

/** As `simplify`, but BatchNormalization stays: for a training, and for who asks what it learned. It throws the same. */
export const simplifyUnfolded = (graph: Graph): Graph => runPasses(graph, unfoldedPasses).graph
