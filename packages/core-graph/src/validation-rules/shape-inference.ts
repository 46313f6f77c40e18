import { isQuantization } from '../validation/quantization.ts'
import { defineValidationRule } from '../validation/rule.ts'

/** Shapes go together, as far as they are known before anything runs: followed by the shape rules of operator set 21. */
export const shapeInference = defineValidationRule({
  id: 'shape-inference',
  severity: 'error',
  demands: 'Shapes of the inputs of a node go together and give it an output.',
  *check({ inference, model }) {
    const { failures, notUpgraded } = inference()
    if (notUpgraded)
      yield {
        message: `Shapes were not checked: ${notUpgraded.message}`,
        hint: 'Pare follows shapes in operator set 21, to which the model cannot be brought.',
        ...(notUpgraded.node ? { node: notUpgraded.node } : {}),
        severity: notUpgraded.code === 'MODEL_UPGRADE' ? 'warning' : 'error',
      }
    for (const { node, error } of failures) {
      // The rules node-arity, attributes and quantization-axis say these, but of what a call leaves out of a function.
      const isOfNode = error.code === 'MODEL_INPUT' || error.code === 'MODEL_ATTRIBUTE'
      if (isOfNode && model.functions.length === 0) continue
      if (isQuantization(node) && error.code === 'MODEL_SHAPE') continue
      yield {
        message: error.message,
        hint: error.hint ?? 'Check the shapes of its inputs.',
        node: { name: node.name, op: node.op },
      }
    }
  },
})
