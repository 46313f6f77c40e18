import type { TensorProto } from 'onnx-buf'
import { ModelError } from '../errors.ts'
import { loadTensor } from '../tensor-proto.ts'
import { defineValidationRule } from '../validation/rule.ts'

/** A tensor's elements lie in one field, as many as its dimensions say (ONNX IR, "TensorProto"). */
export const tensorSize = defineValidationRule({
  id: 'tensor-size',
  severity: 'error',
  demands: 'Initializers and constants have a known type and as many elements, in one field, as their dimensions say.',
  *check({ scopes }) {
    for (const { graph, nodes, label } of scopes) {
      for (const tensor of graph?.initializer ?? []) {
        const problem = tensorProblem(tensor)
        if (problem) yield { message: `${problem}`, hint: damaged, value: tensor.name }
      }
      for (const { values, indices } of graph?.sparseInitializer ?? []) {
        const [count = 0n] = values?.dims ?? []
        if (!values || !indices || (indices.dims[0] ?? 0n) !== count)
          yield {
            message: `${label} has a sparse initializer ${values?.name} whose indices are not as many as its values.`,
            hint: damaged,
          }
      }
      for (const node of nodes)
        for (const { name, t, tensors } of node.proto.attribute)
          for (const tensor of t ? [t, ...tensors] : tensors) {
            const problem = tensorProblem(tensor)
            if (problem)
              yield {
                message: `${node.label}, attribute ${name}: ${problem}`,
                hint: damaged,
                node: { name: node.name, op: node.op },
              }
          }
    }
  },
})

const damaged = 'The file is damaged: export or download it again.'

function tensorProblem(tensor: TensorProto): string | undefined {
  const fields = [
    tensor.rawData,
    tensor.floatData,
    tensor.int32Data,
    tensor.stringData,
    tensor.int64Data,
    tensor.doubleData,
    tensor.uint64Data,
  ].filter(({ length }) => length > 0)
  if (fields.length > 1) return `The tensor ${tensor.name} holds its elements in ${fields.length} fields.`
  try {
    // Nothing is read: only whether the sizes fit.
    loadTensor(tensor, () => new Uint8Array())
    return undefined
  } catch (error) {
    if (error instanceof ModelError) return error.message
    throw error
  }
}
