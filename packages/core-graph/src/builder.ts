import type { DataType } from './data-type.ts'
import { ModelError } from './errors.ts'
import { uniqueNames } from './fresh-names.ts'
import {
  type Attribute,
  type Graph,
  type GraphBody,
  innerValuesOf,
  type Node,
  type Shape,
  type TensorType,
} from './graph.ts'
import { renameValues } from './graph-edit.ts'
import { inferNode, inferOutputs, inferredConstant, inferTypes } from './infer.ts'
import type { AnyOperator, AttributeSpecs, AttributeValues, Inferred, RequiredAttribute } from './operator.ts'
import { operators } from './operators/registry.ts'
import { type Tensor, type TypedArray, tensorBytes, tensorOf } from './tensor.ts'

/** A value of the graph under construction: its name and what is known of it. */
export interface Value extends Inferred {
  readonly name: string
}

type Operators = typeof operators

type InputArguments<Names extends readonly string[]> = Names extends readonly [
  infer Head extends string,
  ...infer Rest extends readonly string[],
]
  ? Head extends `${string}...`
    ? [values: readonly Value[]]
    : Head extends `${string}?`
      ? [] | [Value | undefined, ...InputArguments<Rest>]
      : [Value, ...InputArguments<Rest>]
  : []

type RequiredNames<Specs extends AttributeSpecs> = {
  [Name in keyof Specs]: Specs[Name] extends RequiredAttribute<unknown> ? Name : never
}[keyof Specs]

type AttributeInputs<Specs extends AttributeSpecs> = {
  readonly [Name in RequiredNames<Specs>]: AttributeValues<Specs>[Name]
} & {
  readonly [Name in Exclude<keyof Specs, RequiredNames<Specs>>]?: AttributeValues<Specs>[Name] | undefined
}

type AttributeArguments<Specs extends AttributeSpecs> = keyof Specs extends never
  ? []
  : RequiredNames<Specs> extends never
    ? [attributes?: AttributeInputs<Specs>]
    : [attributes: AttributeInputs<Specs>]

/** Outputs without the optional ones at the end; the first is always there. */
type MadeOutputs<Outputs extends readonly string[]> = Outputs extends readonly [
  infer First extends string,
  ...infer Middle extends readonly string[],
  `${string}?`,
]
  ? MadeOutputs<[First, ...Middle]>
  : Outputs

type ValueOfEach<Names extends readonly string[]> = { readonly [Index in keyof Names]: Value }

/** Split gives as many values as it makes parts; all others one for each output, a single one by itself. */
type Result<Outputs extends readonly string[]> = Outputs extends readonly [`${string}...`]
  ? readonly Value[]
  : MadeOutputs<Outputs> extends readonly [string]
    ? Value
    : ValueOfEach<MadeOutputs<Outputs>>

export type OperatorMethods = {
  readonly [Op in keyof Operators]: (
    ...args: [...InputArguments<Operators[Op]['inputs']>, ...AttributeArguments<Operators[Op]['attributes']>]
  ) => Result<Operators[Op]['outputs']>
}

/**
 * Makes nodes, inferring each one's types at once, so that a wrong shape is an error where it is made.
 * One method for each operator: inputs in the order of the ONNX specification (a list where the operator takes any
 * number), then the attributes: `b.Conv(x, w, bias, { strides: [2, 2] })`.
 */
export interface GraphBuilder extends OperatorMethods {
  /** Adds an input. */
  input(name: string, dataType: DataType, shape: Shape): Value
  /** Adds an initializer under this name (made unique when it is taken). */
  initializer(name: string, tensor: Tensor): Value
  /** Adds a constant; equal scalars and small constants are stored once. */
  constant(dataType: DataType, dims: readonly number[], data: TypedArray | readonly number[]): Value
  /** A scalar constant of the given float type. Default float32. */
  scalar(value: number, dataType?: DataType): Value
  /** An int64 vector: axes, shapes, pads. */
  ints(...values: readonly number[]): Value
  /** A value of the graph that is built upon. @throws ModelError `MODEL_UNKNOWN_VALUE` */
  value(name: string): Value
  /**
   * Adds a node of any operator by name; for an operator outside the registry `outputTypes` say what it makes, and
   * `outputCount` asks for optional outputs too.
   */
  node(
    op: string,
    inputs: readonly (Value | undefined)[],
    attributes?: Readonly<Record<string, AttributeInput>>,
    options?: NodeOptions,
  ): readonly Value[]
  /** Puts in a node as it stands, under its own names; reading values that are there. Gives its outputs. */
  add(node: Node): readonly Value[]
  /** Gives a value the name by which users of the finished graph know it; until then it keeps the old one. */
  named(value: Value, name: string): Value
  /** Makes a value an output of the graph, under its own name. */
  output(value: Value): void
  /** Everything made after this call is named `scope/…`, until the function returns. */
  scope<Result>(name: string, build: () => Result): Result
  /** The finished graph. */
  build(): Graph
}

/** What a node has beside its inputs and attributes. */
export interface NodeOptions {
  readonly domain?: string
  readonly outputCount?: number
  readonly outputTypes?: readonly TensorType[]
  /** How attributes are written, for an operator outside the registry. */
  readonly specs?: AttributeSpecs
}

/** An attribute as it is written: integers become INT or INTS unless the operator says float. */
export type AttributeInput = number | string | Tensor | GraphBody | readonly number[] | readonly string[] | undefined

/** The operator set that the builder writes. */
const builderOpset = 21

/**
 * A builder for a new graph, or one that adds to `base`, whose operator set must not be older than the builder's.
 * @throws ModelError `MODEL_OPSET` for one that is
 */
export function createBuilder(base?: Graph | string): GraphBuilder {
  const graph = typeof base === 'object' ? base : emptyGraph(base ?? 'graph')
  const opset = graph.opsets.get('') ?? builderOpset
  if (opset >= builderOpset) return createGraphBuilder(graph, graph.nodes)
  throw new ModelError({
    code: 'MODEL_OPSET',
    message: `The graph ${graph.name} uses operator set ${opset}; new nodes are of ${builderOpset}.`,
    hint: 'Upgrade it first: upgradeOpset(graph).',
  })
}

/**
 * A builder that begins with all of a graph but its nodes: whoever rewrites it puts them in again one after the other
 * (`add`), or others in their place. The names of the nodes and their outputs stay theirs.
 */
export const createRewriter = (graph: Graph): GraphBuilder => createGraphBuilder(graph, [])

const emptyGraph = (name: string): Graph => ({
  name,
  inputs: [],
  outputs: [],
  nodes: [],
  initializers: new Map(),
  valueInfo: new Map(),
  opsets: new Map([['', builderOpset]]),
  metadata: new Map(),
  functions: [],
})

function createGraphBuilder(base: Graph, first: readonly Node[]): GraphBuilder {
  const inputs = [...base.inputs]
  const outputs = [...base.outputs]
  const nodes: Node[] = [...first]
  const initializers = new Map(base.initializers)
  const valueInfo = new Map(base.valueInfo)
  const opsets = new Map(base.opsets)
  const values = new Map<string, Value>()
  const known = inferTypes(first.length === base.nodes.length ? base : { ...base, nodes: first }).values
  for (const [name, type] of known) values.set(name, { ...type, name })
  const freeNodeName = uniqueNames(new Set(base.nodes.map(node => node.name)))
  const freeValueName = uniqueNames(
    new Set([...values.keys(), ...base.nodes.flatMap(node => node.outputs), ...innerValuesOf(base.nodes)]),
  )
  const constants = new Map<string, Value>()
  const scopes: string[] = []

  const scoped = (name: string) => [...scopes, name].join('/')
  const add = (name: string, inferred: Inferred): Value => {
    const value = { ...inferred, name }
    values.set(name, value)
    return value
  }

  const initializer: GraphBuilder['initializer'] = (name, tensor) => {
    const free = freeValueName(name)
    initializers.set(free, tensor)
    return add(free, inferredConstant(tensor))
  }

  const constant: GraphBuilder['constant'] = (dataType, dims, data) => {
    const tensor = tensorOf(dataType, dims, data)
    if (data.length > 64) return initializer(scoped('constant'), tensor)
    const key = `${dataType}[${dims}]${tensorBytes(tensor)}`
    const existing = constants.get(key)
    if (existing) return existing
    const value = initializer('constant', tensor)
    constants.set(key, value)
    return value
  }

  const node: GraphBuilder['node'] = (op, nodeInputs, attributes = {}, options = {}) => {
    const domain = options.domain ?? ''
    const operator = (operators as unknown as Readonly<Record<string, AnyOperator>>)[op]
    const known = operator?.domain === domain ? operator : undefined
    const name = freeNodeName(scoped(op))
    const draft: Node = {
      name,
      op,
      domain,
      inputs: trimmed(nodeInputs.map(input => input?.name ?? '')),
      outputs: Array<string>(options.outputCount ?? 0).fill(''),
      attributes: attributesOf(attributes, known?.attributes ?? options.specs ?? {}),
    }
    const types = options.outputTypes ?? inferredTypes(known, draft, values)
    const count = options.outputCount ?? options.outputTypes?.length ?? outputCountOf(known, types.length)
    const outputNames = Array.from({ length: count }, (_, index) => freeValueName(`${name}:${index}`))
    const made = { ...draft, outputs: outputNames }
    push(made)
    return outputNames.map((output, index) => {
      const type = types[index]
      if (!type)
        throw new ModelError({ code: 'MODEL_OUTPUT', message: `${op} has no output number ${index}.`, node: made })
      // What no rule says again when the graph is read is written down.
      if (!known) valueInfo.set(output, { name: output, type })
      return add(output, type)
    })
  }

  const push = (made: Node) => {
    nodes.push(made)
    if (!opsets.has(made.domain)) opsets.set(made.domain, made.domain ? 1 : builderOpset)
  }

  const addNode: GraphBuilder['add'] = given => {
    push(given)
    inferNode(given, values)
    return given.outputs.flatMap(output => {
      const type = values.get(output) ?? base.valueInfo.get(output)?.type
      return output && type ? [add(output, type)] : []
    })
  }

  const finalNames = new Map<string, string>()

  const own = {
    input: (name, dataType, shape) => {
      const free = freeValueName(name)
      inputs.push({ name: free, type: { dataType, shape } })
      return add(free, { dataType, shape })
    },
    initializer,
    constant,
    scalar: (value, dataType = 'float32') => constant(dataType, [], [value]),
    ints: (...items) => constant('int64', [items.length], items),
    value: name => {
      const value = values.get(name)
      if (value) return value
      throw new ModelError({
        code: 'MODEL_UNKNOWN_VALUE',
        message: `The graph ${base.name} has no value named ${name} of a known type.`,
        hint: 'Values are known that come from inputs, initializers and operators with a shape rule (`inferTypes` says which).',
      })
    },
    node,
    add: addNode,
    named: (value, name) => {
      finalNames.set(value.name, freeValueName(name))
      return value
    },
    output: ({ name, dataType, shape }) => {
      outputs.push({ name, type: { dataType, shape } })
    },
    scope: (name, build) => {
      scopes.push(name)
      try {
        return build()
      } finally {
        scopes.pop()
      }
    },
    build: () => renameValues({ ...base, inputs, outputs, nodes, initializers, valueInfo, opsets }, finalNames),
  } satisfies Pick<
    GraphBuilder,
    | 'input'
    | 'initializer'
    | 'constant'
    | 'scalar'
    | 'ints'
    | 'value'
    | 'node'
    | 'add'
    | 'named'
    | 'output'
    | 'scope'
    | 'build'
  >

  const methods: Record<string, unknown> = {}
  for (const operator of Object.values(operators) as unknown as AnyOperator[])
    methods[operator.op] = (...args: unknown[]) => callOperator(operator, args, node)
  return Object.assign(methods, own) as unknown as GraphBuilder
}

function callOperator(
  operator: AnyOperator,
  args: readonly unknown[],
  node: GraphBuilder['node'],
): Value | readonly Value[] {
  const last = args.at(-1)
  const hasAttributes = args.length > 0 && isAttributes(last)
  const given = (hasAttributes ? args.slice(0, -1) : args).flat() as (Value | undefined)[]
  const attributes = (hasAttributes ? last : {}) as Record<string, AttributeInput>
  const results = node(operator.op, given, attributes, { domain: operator.domain })
  const [only] = results
  return results.length === 1 && only && !isVariadic(operator) ? only : results
}

const isAttributes = (argument: unknown): boolean =>
  typeof argument === 'object' && argument !== null && !Array.isArray(argument) && !('name' in argument)

const isVariadic = ({ outputs }: AnyOperator): boolean => outputs[0]?.endsWith('...') ?? false

/** As many outputs as the rule makes where that varies; else all but the optional ones, and always the first. */
function outputCountOf(operator: AnyOperator | undefined, made: number): number {
  if (!operator) return 1
  return isVariadic(operator) ? made : Math.max(1, operator.outputs.filter(output => !output.endsWith('?')).length)
}

const trimmed = (names: readonly string[]): string[] => names.slice(0, names.findLastIndex(name => name !== '') + 1)

function inferredTypes(
  operator: AnyOperator | undefined,
  node: Node,
  values: ReadonlyMap<string, Value>,
): readonly (Inferred | undefined)[] {
  if (!operator)
    throw new ModelError({
      code: 'MODEL_OPERATOR',
      message: `There is no shape rule for ${node.domain ? `${node.domain}.` : ''}${node.op}.`,
      hint: 'Give outputTypes.',
      node,
    })
  return inferOutputs(operator, node, name => values.get(name))
}

function attributesOf(
  given: Readonly<Record<string, AttributeInput>>,
  specs: AttributeSpecs,
): Record<string, Attribute> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, attributeOf(value, specs[name]?.kind)]],
    ),
  )
}

function attributeOf(value: Exclude<AttributeInput, undefined>, kind: Attribute['kind'] | undefined): Attribute {
  if (typeof value === 'string') return { kind: 'string', value }
  if (typeof value === 'number')
    return kind === 'float' ? { kind, value } : { kind: Number.isInteger(value) ? 'int' : 'float', value }
  if ('storage' in value) return { kind: 'tensor', value }
  if ('nodes' in value) return { kind: 'graph', value }
  if (value.some(item => typeof item === 'string')) return { kind: 'strings', value: value as readonly string[] }
  return { kind: kind === 'floats' ? 'floats' : 'ints', value: value as readonly number[] }
}
