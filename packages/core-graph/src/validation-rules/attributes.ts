import { isFieldSet } from '@bufbuild/protobuf'
import { type AttributeProto, AttributeProtoSchema } from 'onnx-buf'
import { signatureOf } from '../opset/signature.ts'
import { defineValidationRule, functionKey } from '../validation/rule.ts'
import type { Scope } from '../validation/scope.ts'

/** AttributeProto.AttributeType by its numbers. */
const typeNames =
  'undefined float int string tensor graph floats ints strings tensors graphs sparse_tensor sparse_tensors type_proto type_protos'.split(
    ' ',
  )

/** Where a single value of a type lies; a list may be empty, so that nothing tells whether it is there. */
const { field } = AttributeProtoSchema
const singles = [
  ['float', field.f],
  ['int', field.i],
  ['string', field.s],
  ['tensor', field.t],
  ['graph', field.g],
  ['sparse_tensor', field.sparseTensor],
  ['type_proto', field.tp],
] as const

/** A node's attributes are those of its operator, each of the type that it states (ONNX IR, "Attributes"). */
export const attributes = defineValidationRule({
  id: 'attributes',
  severity: 'error',
  demands: 'Attributes are known to the operator, given once, of the type that it states; required ones are given.',
  *check({ scopes, functions }) {
    for (const scope of scopes) {
      const { nodes, opsets } = scope
      for (const { domain, op, name, label, proto } of nodes) {
        const node = { name, op }
        const isFunction = functions.has(functionKey(domain, op, proto.overload))
        const signature = isFunction ? undefined : signatureOf(domain, op, opsets.get(domain) ?? 0)
        const seen = new Set<string>()
        for (const attribute of proto.attribute) {
          const spec = signature?.attributes.get(attribute.name)
          const isOwn = attribute.name.startsWith('__')
          if (seen.has(attribute.name))
            yield { message: `${label} has the attribute ${attribute.name} twice.`, hint: 'Keep one of them.', node }
          seen.add(attribute.name)
          if (signature && !spec && !isOwn)
            yield {
              message: `${label} has an attribute ${attribute.name}, which its operator in version ${signature.since} does not know.`,
              hint:
                signature.attributes.size === 0
                  ? 'The operator has no attributes.'
                  : `It knows: ${[...signature.attributes.keys()].join(', ')}.`,
              node,
            }
          const problem = valueProblem(attribute, spec?.type, isInFunction(scope))
          if (problem)
            yield {
              message: `${label} has an attribute ${attribute.name} ${problem}.`,
              hint: 'Export the model again.',
              node,
            }
        }
        const choices = [...(signature?.attributes.keys() ?? [])]
        const values = proto.attribute.filter(attribute => choices.includes(attribute.name)).length
        // Of its attributes, which are all ways to give the value, none is required by itself.
        if (op === 'Constant' && signature && values !== 1)
          yield { message: `${label} has ${values} values.`, hint: `Give one of: ${choices.join(', ')}.`, node }
        for (const [missing, { isRequired, type }] of signature?.attributes ?? [])
          if (isRequired && !seen.has(missing))
            yield { message: `${label} has no attribute ${missing}.`, hint: `Give it: its type is ${type}.`, node }
      }
    }
  },
})

/** Bodies in a function know its attributes too. */
const isInFunction = ({ kind, around }: Scope): boolean =>
  kind === 'function' || (around !== undefined && isInFunction(around))

function valueProblem(attribute: AttributeProto, wanted: string | undefined, mayRefer: boolean): string | undefined {
  const given = typeNames[attribute.type] ?? String(attribute.type)
  if (attribute.name === '') return 'without a name'
  if (wanted && given !== wanted) return `of type ${given}; it must be ${wanted}`
  if (attribute.refAttrName) return mayRefer ? undefined : 'that refers to one of a function, outside any'
  if (given === 'undefined') return 'without a type'
  const set = singles.filter(([, field]) => isFieldSet(attribute, field)).map(([type]) => type)
  const stray = set.find(type => type !== given)
  if (stray) return `of type ${given} that holds a ${stray}`
  // A number or text that is its default may be left out of the file.
  const holdsMessage = given === 'tensor' || given === 'graph' || given === 'sparse_tensor' || given === 'type_proto'
  return holdsMessage && set.length === 0 ? `of type ${given} that holds none` : undefined
}
