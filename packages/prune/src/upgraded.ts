import { type Graph, passes, runPasses } from '@pare/core-graph'

/**
 * The newest forms of operators, which all rules are written for, and constants computed where an exporter left that to
 * the runtime; BatchNormalization stays, for a training.
 */
export const upgraded = (graph: Graph): Graph =>
  runPasses(graph, [
    passes['inline-functions'],
    passes['upgrade-opset'],
    passes['remove-identity'],
    passes['remove-dead-code'],
    passes['fold-constants'],
    passes['remove-dead-code'],
  ]).graph
