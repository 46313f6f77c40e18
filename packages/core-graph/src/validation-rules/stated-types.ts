import { dataTypeName } from '../data-type.ts'
import type { TensorType } from '../graph.ts'
import { shapeText } from '../operators/axis.ts'
import { defineValidationRule, type Problem } from '../validation/rule.ts'
import type { Scope } from '../validation/scope.ts'
import { loadValueInfo } from '../value-info-proto.ts'

/** A file may state types of inner values and must of outputs: they are what the nodes make (ONNX IR, "value_info"). */
export const statedTypes = defineValidationRule({
  id: 'stated-types',
  severity: 'error',
  demands: 'Types and shapes that the file states of values are those that follow from the nodes and constants.',
  *check({ elementTypes, inference, scopes }) {
    const told = new Set<string>()
    for (const { name, stated, type } of elementTypes().misstated) {
      told.add(name)
      yield misstated(name, stated, type)
    }
    for (const { body, values } of inference().bodies) {
      const stated = new Map([...body.valueInfo, ...body.outputs.map(output => [output.name, output] as const)])
      for (const [name, { type }] of stated) {
        const inferred = values.get(name)
        if (type && inferred && !told.has(name) && !agrees(type, inferred))
          yield misstated(name, typeText(type), typeText(inferred))
      }
    }
    for (const scope of scopes) yield* unknownOrMisstatedConstants(scope)
  },
})

function* unknownOrMisstatedConstants({ graph }: Scope): Iterable<Problem> {
  if (!graph) return
  const constants = new Map(graph.initializer.map(tensor => [tensor.name, tensor]))
  for (const source of [...graph.input, ...graph.output, ...graph.valueInfo]) {
    const { name, type } = loadValueInfo(source)
    const stated = source.type?.value
    const code = stated?.case === 'tensorType' ? stated.value.elemType : undefined
    if (code !== undefined && (dataTypeName(code) ?? 'undefined') === 'undefined')
      yield misstated(name, `the element type ${code}`, 'none that ONNX knows')
    const tensor = constants.get(name)
    const constant = tensor && {
      dataType: dataTypeName(tensor.dataType) ?? 'undefined',
      shape: tensor.dims.map(Number),
    }
    if (type && constant && !agrees(type, constant)) yield misstated(name, typeText(type), typeText(constant))
  }
}

const misstated = (name: string, stated: string, type: string): Problem => ({
  message: `The file states ${stated} of the value ${name}, which is ${type}.`,
  hint: 'Correct it, or remove the statement where the value is no output.',
  value: name,
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
