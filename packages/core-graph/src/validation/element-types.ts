import { AttributeProto_AttributeType as Kind, type NodeProto, type TensorProto, type TypeProto } from 'onnx-buf'
import { type DataType, dataTypeName } from '../data-type.ts'
import { type Parameter, type Signature, signatureOf, type TypeChoice } from '../opset/signature.ts'
import type { Problem } from './rule.ts'
import type { PlacedNode, Scope } from './scope.ts'

/** The element type of a tensor, or that a value is none: a sequence, a map or an optional. */
type ElementType = DataType | 'no tensor'

/** Element types of values, followed through the signatures of the operators in the model's own operator set. */
export interface ElementTypes {
  /** Inputs of types that the operator does not take. */
  readonly problems: readonly Problem[]
  /** Values of which the file states another type than follows. */
  readonly misstated: readonly { readonly name: string; readonly stated: ElementType; readonly type: ElementType }[]
}

type Types = Map<string, ElementType>

/** Follows types from inputs and initializers to outputs; bodies of nodes are entered where they stand. */
export function followElementTypes(scopes: readonly Scope[]): ElementTypes {
  const types = new Map<Scope, Types>()
  const problems: Problem[] = []
  const misstated: ElementTypes['misstated'][number][] = []
  const typeOf = (scope: Scope | undefined, name: string): ElementType | undefined =>
    scope && (types.get(scope)?.get(name) ?? typeOf(scope.around, name))
  const enter = (scope: Scope) => {
    const own = statedTypes(scope)
    types.set(scope, own)
    for (const node of scope.nodes) {
      for (const body of node.bodies) enter(body)
      const signature = signatureOf(node.domain, node.op, scope.opsets.get(node.domain) ?? 0)
      if (!signature) continue
      const bound = bindInputs(node, signature, name => typeOf(scope, name), problems)
      for (const [index, name] of node.proto.output.entries()) {
        if (name === '') continue
        const type = typeOfOutput(node, index, signature, bound) ?? bodyOutputType(node, index, typeOf)
        if (!type) continue
        const stated = own.get(name)
        if (stated && stated !== type) misstated.push({ name, stated, type })
        own.set(name, type)
      }
    }
  }
  for (const scope of scopes) if (scope.around === undefined) enter(scope)
  return { problems, misstated }
}

/** Types that the file states: of inputs and initializers the truth, of inner values a claim, taken where nothing is known. */
function statedTypes({ graph }: Scope): Types {
  const types: Types = new Map()
  if (!graph) return types
  for (const { name, type } of [...graph.valueInfo, ...graph.output, ...graph.input]) {
    const stated = statedType(type)
    if (stated) types.set(name, stated)
  }
  const sparse = graph.sparseInitializer.flatMap(({ values }) => (values ? [values] : []))
  for (const tensor of [...graph.initializer, ...sparse]) {
    const type = tensorType(tensor)
    if (type) types.set(tensor.name, type)
  }
  return types
}

function statedType(type: TypeProto | undefined): ElementType | undefined {
  const value = type?.value
  if (value?.case === undefined || value.case === 'sparseTensorType') return undefined
  return value.case === 'tensorType' ? known(value.value.elemType) : 'no tensor'
}

const tensorType = ({ dataType }: TensorProto): DataType | undefined => known(dataType)

const known = (code: number): DataType | undefined => (code === 0 ? undefined : dataTypeName(code))

/** The parameter at a position; a variadic one, always the last, takes the rest. */
export const parameterAt = (parameters: readonly Parameter[], index: number): Parameter | undefined =>
  parameters[index] ?? (parameters.at(-1)?.kind === 'variadic' ? parameters.at(-1) : undefined)

/** What each type parameter is in this node. */
function bindInputs(
  node: PlacedNode,
  signature: Signature,
  typeOf: (name: string) => ElementType | undefined,
  problems: Problem[],
): ReadonlyMap<string, ElementType> {
  const bound = new Map<string, ElementType>()
  for (const [index, name] of node.proto.input.entries()) {
    const parameter = parameterAt(signature.inputs, index)
    const type = name === '' ? undefined : typeOf(name)
    if (!parameter || !type) continue
    const choice = signature.types.get(parameter.type)
    const before = parameter.isHomogeneous ? bound.get(parameter.type) : undefined
    const about = { node: { name: node.name, op: node.op }, value: name }
    if (choice && !takes(choice, type))
      problems.push({
        ...about,
        message: `${node.label} reads ${name}, ${typeText(type)}, as ${parameter.name}, which takes ${listOf(choice)}.`,
        hint: `Cast the value, or use an operator set whose ${node.op} takes it.`,
      })
    else if (before && before !== type)
      problems.push({
        ...about,
        message: `${node.label} reads ${name}, ${typeText(type)}, as ${parameter.name}, where its other inputs are ${before}.`,
        hint: 'Cast the value to the type of the others.',
      })
    if (!before) bound.set(parameter.type, type)
  }
  return bound
}

const takes = ({ elements, others }: TypeChoice, type: ElementType) =>
  type === 'no tensor' ? others : elements.has(type)

const typeText = (type: ElementType) => (type === 'no tensor' ? 'which is no tensor' : `of type ${type}`)

const listOf = ({ elements }: TypeChoice) => (elements.size === 0 ? 'no tensors' : [...elements].join(', '))

function typeOfOutput(
  node: PlacedNode,
  index: number,
  signature: Signature,
  bound: ReadonlyMap<string, ElementType>,
): ElementType | undefined {
  const parameter = parameterAt(signature.outputs, index)
  const choice = parameter && signature.types.get(parameter.type)
  if (!choice) return undefined
  const [only, ...more] = choice.elements
  if (only === undefined) return 'no tensor'
  if (more.length === 0 && !choice.others) return only
  if (!parameter.isHomogeneous) return undefined
  const type = bound.get(parameter.type) ?? attributeType(node.proto)
  return type && takes(choice, type) ? type : undefined
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
  typeOf: (body: Scope, name: string) => ElementType | undefined,
): ElementType | undefined {
  for (const body of bodies) {
    const name = body.outputs[op === 'Loop' ? index + 1 : index]
    const type = name && typeOf(body, name)
    if (type) return type
  }
  return undefined
}
