import type { DataType } from './data-type.ts'
import { ModelError } from './errors.ts'
import type { Attribute, Dimension, GraphBody, Node, Shape, TensorType } from './graph.ts'
import type { Tensor } from './tensor.ts'

/** What is known of a value before anything runs. */
export interface Inferred extends TensorType {
  /** The value itself, where it is constant. */
  readonly constant?: Tensor
  /** Elements of a small integer tensor (a shape on its way to Reshape), as far as they are known. */
  readonly elements?: readonly Dimension[]
}

/** How an attribute is read. `fallback` is the default of the ONNX specification; undefined where there is none. */
export interface AttributeSpec<Value> {
  readonly kind: Attribute['kind']
  readonly fallback: Value | undefined
  readonly required: boolean
}

/** One that a node must give. */
export interface RequiredAttribute<Value> extends AttributeSpec<Value> {
  readonly required: true
}

const optional = <Value>(kind: Attribute['kind'], fallback?: Value): AttributeSpec<Value | undefined> => ({
  kind,
  fallback,
  required: false,
})
const withDefault = <Value>(kind: Attribute['kind'], fallback: Value): AttributeSpec<Value> => ({
  kind,
  fallback,
  required: false,
})
const required = <Value>(kind: Attribute['kind']): RequiredAttribute<Value> => ({
  kind,
  fallback: undefined,
  required: true,
})

/** Attribute readers for `defineOperator`: with a default, optional (`undefined` when absent), or required. */
export const attribute = {
  int: (fallback: number) => withDefault<number>('int', fallback),
  float: (fallback: number) => withDefault<number>('float', fallback),
  string: (fallback: string) => withDefault<string>('string', fallback),
  ints: (fallback: readonly number[]) => withDefault<readonly number[]>('ints', fallback),
  optional: {
    int: () => optional<number>('int'),
    float: () => optional<number>('float'),
    string: () => optional<string>('string'),
    ints: () => optional<readonly number[]>('ints'),
    floats: () => optional<readonly number[]>('floats'),
    strings: () => optional<readonly string[]>('strings'),
    tensor: () => optional<Tensor>('tensor'),
  },
  required: {
    int: () => required<number>('int'),
    float: () => required<number>('float'),
    string: () => required<string>('string'),
    ints: () => required<readonly number[]>('ints'),
    graph: () => required<GraphBody>('graph'),
  },
} as const

export type AttributeSpecs = Readonly<Record<string, AttributeSpec<unknown>>>

export type AttributeValues<Specs extends AttributeSpecs> = {
  readonly [Key in keyof Specs]: Specs[Key] extends AttributeSpec<infer Value> ? Value : never
}

type Clean<Name extends string> = Name extends `${infer Base}?` ? Base : Name extends `${infer Base}...` ? Base : Name

/** Inputs by their ONNX name: `B?` may be absent, `inputs...` is a list. */
export type InputValues<Names extends readonly string[], Value> = {
  readonly [Name in Names[number] as Clean<Name>]: Name extends `${string}...`
    ? readonly Value[]
    : Name extends `${string}?`
      ? Value | undefined
      : Value
}

/** Outputs by their ONNX name. All may be left out by a node that does not want them. */
export type OutputValues<Names extends readonly string[], Value> = {
  readonly [Name in Names[number] as Clean<Name>]?: Name extends `${string}...` ? readonly (Value | undefined)[] : Value
}

/** What a shape rule sees beside the inputs and attributes. */
export interface InferContext {
  /** How many outputs the node has: Split without sizes divides by it. */
  readonly outputCount: number
  /** The node, for errors. */
  readonly node: Node
  /**
   * What a body of the node makes of its inputs: its outputs in order, undefined where they do not follow. Values from
   * around it are known to it.
   */
  readonly inferBody: (body: GraphBody, inputs: readonly (Inferred | undefined)[]) => readonly (Inferred | undefined)[]
}

/** What a cost rule sees: every shape is known here. */
export interface CostContext {
  readonly inputs: Readonly<Record<string, readonly number[]>>
  readonly outputs: Readonly<Record<string, readonly number[]>>
}

/**
 * One operator of ONNX: its inputs, outputs and attributes by their names in the specification (opset 21 form),
 * the rule that infers types and shapes, and its cost where it multiplies and adds.
 */
export interface Operator<
  Op extends string = string,
  Inputs extends readonly string[] = readonly string[],
  Outputs extends readonly string[] = readonly string[],
  Attributes extends AttributeSpecs = AttributeSpecs,
> {
  readonly op: Op
  readonly domain: string
  readonly inputs: Inputs
  readonly outputs: Outputs
  readonly attributes: Attributes
  /** Types and shapes of the outputs. */
  readonly infer: (
    inputs: InputValues<Inputs, Inferred>,
    attributes: AttributeValues<Attributes>,
    context: InferContext,
  ) => OutputValues<Outputs, Inferred>
  /** Multiply-adds for known shapes; 0 when there is no rule. */
  readonly macs: ((shapes: CostContext, attributes: AttributeValues<Attributes>) => number) | undefined
}

/** The registry's view of an operator, whichever it is. */
export interface AnyOperator {
  readonly op: string
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: AttributeSpecs
  /** Types and shapes of the outputs, by name. */
  infer(
    inputs: never,
    attributes: never,
    context: InferContext,
  ): Readonly<Record<string, Inferred | readonly (Inferred | undefined)[] | undefined>>
  /** Multiply-adds for known shapes; undefined when there is no rule. */
  readonly macs: ((shapes: CostContext, attributes: never) => number) | undefined
}

export function defineOperator<
  const Op extends string,
  const Inputs extends readonly string[],
  const Outputs extends readonly string[],
  const Attributes extends AttributeSpecs = Record<never, never>,
>(definition: {
  readonly op: Op
  readonly domain?: string
  readonly inputs: Inputs
  readonly outputs: Outputs
  readonly attributes?: Attributes
  readonly infer: Operator<Op, Inputs, Outputs, Attributes>['infer']
  readonly macs?: Operator<Op, Inputs, Outputs, Attributes>['macs']
}): Operator<Op, Inputs, Outputs, Attributes> {
  const { domain = '', attributes = {} as Attributes, macs } = definition
  return Object.freeze({ ...definition, domain, attributes, macs })
}

/**
 * A node's attributes, parsed by the operator's specification.
 * @throws ModelError `MODEL_ATTRIBUTE` when one is missing or of another kind.
 */
export function readAttributes<Specs extends AttributeSpecs>(node: Node, specs: Specs): AttributeValues<Specs> {
  const values: Record<string, unknown> = {}
  for (const [name, spec] of Object.entries(specs)) values[name] = readAttribute(node, name, spec)
  return values as AttributeValues<Specs>
}

function readAttribute(node: Node, name: string, spec: AttributeSpec<unknown>): unknown {
  const given = node.attributes[name]
  if (!given) {
    if (!spec.required) return spec.fallback
    throw attributeError(node, `has no attribute ${name}`)
  }
  if (given.kind !== spec.kind || given.kind === 'other')
    throw attributeError(node, `has an attribute ${name} of kind ${given.kind}; it must be ${spec.kind}`)
  return given.value
}

const attributeError = (node: Node, problem: string) =>
  new ModelError({
    code: 'MODEL_ATTRIBUTE',
    message: `Node ${node.name} (${node.op}) ${problem}.`,
    hint: 'Export the model again, or check it against the ONNX operator specification.',
    node,
  })

/** Names of an operator's inputs or outputs given to what stands at their places: `B?` and `inputs...` handled. */
export function byName<Value>(
  specs: readonly string[],
  values: readonly (Value | undefined)[],
): Record<string, Value | Value[] | undefined> {
  const named: Record<string, Value | Value[] | undefined> = {}
  for (const [index, spec] of specs.entries()) {
    if (spec.endsWith('...')) named[spec.slice(0, -3)] = values.slice(index).filter(value => value !== undefined)
    else named[spec.replace('?', '')] = values[index]
  }
  return named
}

/** Whether every dimension is a number. */
export const isKnown = (shape: Shape | undefined): shape is readonly number[] =>
  shape?.every(dimension => typeof dimension === 'number') ?? false

/** An output of the same type as an input, without its value. */
export const sameAs = ({ dataType, shape }: Inferred): Inferred => ({ dataType, shape })

export const typed = (dataType: DataType, shape: Shape | undefined): Inferred => ({ dataType, shape })
