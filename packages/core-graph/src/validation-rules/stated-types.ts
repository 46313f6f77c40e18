import type { TensorType } from '../graph.ts'
import { shapeText } from '../operators/axis.ts'
import { defineValidationRule } from '../validation/rule.ts'

/** A file may state types of inner values and must of outputs: they are what the nodes make (ONNX IR, "value_info"). */
export const statedTypes = defineValidationRule({
  id: 'stated-types',
  severity: 'error',
  demands: 'Types and shapes that the file states of outputs and inner values are those that follow from the nodes.',
  *check({ inference }) {
    for (const { body, values } of inference().bodies) {
      const stated = new Map([...body.valueInfo, ...body.outputs.map(output => [output.name, output] as const)])
      for (const [name, { type }] of stated) {
        const inferred = values.get(name)
        if (!type || !inferred || agrees(type, inferred)) continue
        yield {
          message: `The file states ${typeText(type)} of the value ${name}, which is ${typeText(inferred)}.`,
          hint: 'Correct it, or remove the statement where the value is no output.',
          value: name,
        }
      }
    }
  },
})

/** Names of sizes say nothing that could be wrong. */
function agrees(stated: TensorType, inferred: TensorType): boolean {
  if (stated.dataType !== inferred.dataType) return false
  const [a, b] = [stated.shape, inferred.shape]
  if (!a || !b) return true
  return (
    a.length === b.length &&
    a.every((size, axis) => typeof size !== 'number' || typeof b[axis] !== 'number' || size === b[axis])
  )
}

const typeText = ({ dataType, shape }: TensorType) => `${dataType} ${shapeText(shape)}`
