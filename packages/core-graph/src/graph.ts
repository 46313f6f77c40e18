import type { AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto, ValueInfoProto } from 'onnx-buf'
import type { DataType } from './data-type.ts'
import type { Tensor } from './tensor.ts'

/** A number, a symbol such as `N` (equal symbols are equal numbers), or null where nothing is known. */
export type Dimension = number | string | null

/** `undefined` where not even the rank is known. */
export type Shape = readonly Dimension[]

/** Element type and shape of a tensor; the shape is undefined where not even its rank is known. */
export interface TensorType {
  readonly dataType: DataType
  readonly shape: Shape | undefined
}

/** A graph's input, output or annotated value. `type` is undefined for sequences, maps and optionals, kept in `source`. */
export interface ValueInfo {
  readonly name: string
  readonly type: TensorType | undefined
  /** As loaded: keeps denotations and unknown fields. */
  readonly source?: ValueInfoProto
}

/** An attribute's value. `source` is the loaded message, written back as it was; a changed attribute is a new one without it. */
export type Attribute =
  | { readonly kind: 'float'; readonly value: number; readonly source?: AttributeProto }
  | { readonly kind: 'int'; readonly value: number; readonly source?: AttributeProto }
  | { readonly kind: 'string'; readonly value: string; readonly source?: AttributeProto }
  | { readonly kind: 'tensor'; readonly value: Tensor; readonly source?: AttributeProto }
  | { readonly kind: 'graph'; readonly value: GraphBody; readonly source?: AttributeProto }
  | { readonly kind: 'floats'; readonly value: readonly number[]; readonly source?: AttributeProto }
  | { readonly kind: 'ints'; readonly value: readonly number[]; readonly source?: AttributeProto }
  | { readonly kind: 'strings'; readonly value: readonly string[]; readonly source?: AttributeProto }
  | { readonly kind: 'graphs'; readonly value: readonly GraphBody[]; readonly source?: AttributeProto }
  /** Kinds that Pare carries along and never looks into. */
  | { readonly kind: 'other'; readonly source: AttributeProto }

/** One operator at work: what it reads and what it makes, by the names of the values. */
export interface Node {
  /** Unique in its graph: loading names the nameless. */
  readonly name: string
  readonly op: string
  /** Empty for ONNX's own operators. */
  readonly domain: string
  /** Names of values; an empty name is an omitted optional input. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
  readonly source?: NodeProto
}

/** What a model's graph and the bodies of If, Loop and Scan have in common. */
export interface GraphBody {
  readonly name: string
  /**
   * Values that are fed. Initializers that are listed as inputs too are left out: those of IR version < 4 must be, those
   * of newer files are defaults, which Pare takes for constants.
   */
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /** In topological order. */
  readonly nodes: readonly Node[]
  readonly initializers: ReadonlyMap<string, Tensor>
  /** Types that the file states for inner values: a claim, not the truth (see `inferTypes`). */
  readonly valueInfo: ReadonlyMap<string, ValueInfo>
  readonly source?: GraphProto
}

/**
 * A model. Plain immutable data: a change is a new object that shares what did not change, so a copy costs
 * nothing and what is derived from a graph (`graphIndex`, `inferTypes`) can be remembered with it.
 */
export interface Graph extends GraphBody {
  /** Version of each operator set by its domain ('' is ONNX's own). */
  readonly opsets: ReadonlyMap<string, number>
  readonly metadata: ReadonlyMap<string, string>
  readonly functions: readonly FunctionProto[]
  readonly model?: ModelProto
}

export const opsetOf = (graph: Graph): number => graph.opsets.get('') ?? 1

/** The bodies nested in a node: the branches of If, the body of Loop and Scan. */
export const bodiesOf = (node: Node): GraphBody[] =>
  Object.values(node.attributes).flatMap(attribute =>
    attribute.kind === 'graph' ? [attribute.value] : attribute.kind === 'graphs' ? attribute.value : [],
  )

/**
 * Every value that a node reads: its inputs, and what its bodies take from the graph around them.
 */
export function readsOf(node: Node): string[] {
  return [...node.inputs.filter(name => name !== ''), ...bodiesOf(node).flatMap(capturesOf)]
}

/** The values that a body has itself: inside it, they hide those of the same name around it. */
export const valuesOf = (body: GraphBody): ReadonlySet<string> =>
  new Set([
    ...body.inputs.map(input => input.name),
    ...body.initializers.keys(),
    ...body.nodes.flatMap(node => node.outputs),
  ])

/** The values of all bodies nested in nodes, at any depth. */
export const innerValuesOf = (nodes: readonly Node[]): string[] =>
  nodes.flatMap(bodiesOf).flatMap(body => [...valuesOf(body), ...innerValuesOf(body.nodes)])

/** The values that a body takes from the graph around it. */
export function capturesOf(body: GraphBody): string[] {
  const own = valuesOf(body)
  const read = [...body.nodes.flatMap(readsOf), ...body.outputs.map(output => output.name)]
  return [...new Set(read)].filter(name => !own.has(name))
}
