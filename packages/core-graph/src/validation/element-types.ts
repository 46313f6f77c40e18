import { AttributeProto_AttributeType as Kind, type NodeProto, type TensorProto } from 'onnx-buf'
import { type DataType, dataTypeName } from '../data-type.ts'
import { type Parameter, type Signature, signatureOf } from '../opset/signature.ts'
import type { Problem } from './rule.ts'
import type { PlacedNode, Scope } from './scope.ts'

/** Element types of values, followed through the signatures of the operators in the model's own operator set. */
export interface ElementTypes {
  /** By scope and name; what is not a tensor, or does not follow, is absent. */
  readonly of: (scope: Scope, name: string) => DataType | undefined
  /** Inputs of types that the operator does not take. */
  readonly problems: readonly Problem[]
}

type Types = Map<string, DataType>

/** Follows types from inputs and initializers to outputs; bodies of nodes are entered where they stand. */
export function followElementTypes(scopes: readonly Scope[]): ElementTypes {
  const types = new Map<Scope, Types>()
  const problems: Problem[] = []
  const of = (scope: Scope | undefined, name: string): DataType | undefined =>
    scope && (types.get(scope)?.get(name) ?? of(scope.around, name))
  const enter = (scope: Scope) => {
    const own = new Map(statedTypes(scope))
    types.set(scope, own)
    for (const node of scope.nodes) {
      for (const body of node.bodies) enter(body)
      const signature = signatureOf(node.domain, node.op, scope.opsets.get(node.domain) ?? 0)
      if (!signature) continue
      const bound = bindInputs(node, signature, name => of(scope, name), problems)
      for (const [index, name] of node.proto.output.entries()) {
        if (name === '') continue
        const type =
          typeOfOutput(node, index, signature, bound) ?? bodyOutputType(node, index, (body, value) => of(body, value))
        if (type) own.set(name, type)
      }
    }
  }
  for (const scope of scopes) if (scope.around === undefined) enter(scope)
  return { of, problems }
}

/** Types that the file states: of inputs and initializers the truth, of inner values a claim, taken where nothing is known. */
function statedTypes({ graph }: Scope): [string, DataType][] {
  if (!graph) return []
  const stated = [...graph.valueInfo, ...graph.output, ...graph.input].flatMap(
    ({ name, type }): [string, DataType][] => {
      const dataType = type?.value.case === 'tensorType' ? dataTypeName(type.value.value.elemType) : undefined
      return dataType && dataType !== 'undefined' ? [[name, dataType]] : []
    },
  )
  const constants = graph.initializer.flatMap(tensor => typed(tensor.name, tensor))
  const sparse = graph.sparseInitializer.flatMap(({ values }) => (values ? typed(values.name, values) : []))
  return [...stated, ...constants, ...sparse]
}

const typed = (name: string, { dataType }: TensorProto): [string, DataType][] => {
  const type = dataTypeName(dataType)
  return type && type !== 'undefined' ? [[name, type]] : []
}

/** The parameter at a position; a variadic one, always the last, takes the rest. */
export const parameterAt = (parameters: readonly Parameter[], index: number): Parameter | undefined =>
  parameters[index] ?? (parameters.at(-1)?.kind === 'variadic' ? parameters.at(-1) : undefined)

/** What each type parameter is in this node. */
function bindInputs(
  node: PlacedNode,
  signature: Signature,
  typeOf: (name: string) => DataType | undefined,
  problems: Problem[],
): ReadonlyMap<string, DataType> {
  const bound = new Map<string, DataType>()
  for (const [index, name] of node.proto.input.entries()) {
    const parameter = parameterAt(signature.inputs, index)
    const type = name === '' ? undefined : typeOf(name)
    if (!parameter || !type) continue
    const choice = signature.types.get(parameter.type)
    const before = parameter.isHomogeneous ? bound.get(parameter.type) : undefined
    const about = { node: { name: node.name, op: node.op }, value: name }
    if (choice && !choice.elements.has(type))
      problems.push({
        ...about,
        message: `${node.label} reads ${name} of type ${type} as ${parameter.name}, which takes ${listOf(choice.elements)}.`,
        hint: `Cast the value, or use an operator set whose ${node.op} takes ${type}.`,
      })
    else if (before && before !== type)
      problems.push({
        ...about,
        message: `${node.label} reads ${name} of type ${type} as ${parameter.name}, where its other inputs are ${before}.`,
        hint: 'Cast the value to the type of the others.',
      })
    if (!before) bound.set(parameter.type, type)
  }
  return bound
}

const listOf = (types: ReadonlySet<DataType>) => (types.size === 0 ? 'no tensors' : [...types].join(', '))

function typeOfOutput(
  node: PlacedNode,
  index: number,
  signature: Signature,
  bound: ReadonlyMap<string, DataType>,
): DataType | undefined {
  const parameter = parameterAt(signature.outputs, index)
  if (!parameter) return undefined
  const choice = signature.types.get(parameter.type)
  const [only, ...more] = choice?.elements ?? []
  if (only && more.length === 0 && !choice?.others) return only
  if (!parameter.isHomogeneous) return undefined
  const type = bound.get(parameter.type) ?? attributeType(node.proto)
  return type && choice?.elements.has(type) ? type : undefined
}

/** Attributes that name the type of a node's output, and the type that stands where they are not given. */
const typeAttributes = ['to', 'dtype', 'output_dtype', 'output_datatype']
const defaultTypes: Readonly<Record<string, DataType>> = {
  ConstantOfShape: 'float32',
  RandomNormal: 'float32',
  RandomUniform: 'float32',
  QuantizeLinear: 'uint8',
  Multinomial: 'int32',
}

function attributeType({ opType, attribute }: NodeProto): DataType | undefined {
  for (const { name, i, t, type } of attribute) {
    if (typeAttributes.includes(name) && i !== 0n) return dataTypeName(Number(i))
    if (name === 'value' && type === Kind.TENSOR && t) return dataTypeName(t.dataType)
    if (name === 'value_float' || name === 'value_floats') return 'float32'
    if (name === 'value_int' || name === 'value_ints') return 'int64'
    if (name === 'value_string' || name === 'value_strings') return 'string'
  }
  return Object.hasOwn(defaultTypes, opType) ? defaultTypes[opType] : undefined
}

/** If gives what its branches give; Loop and Scan what their body gives, whose first output is Loop's condition. */
function bodyOutputType(
  { op, bodies }: PlacedNode,
  index: number,
  typeOf: (body: Scope, name: string) => DataType | undefined,
): DataType | undefined {
  for (const body of bodies) {
    const name = body.outputs[op === 'Loop' ? index + 1 : index]
    const type = name && typeOf(body, name)
    if (type) return type
  }
  return undefined
}
