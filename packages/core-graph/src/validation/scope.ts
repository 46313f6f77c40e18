import type { FunctionProto, GraphProto, ModelProto, NodeProto } from 'onnx-buf'

/** A node where it stands. */
export interface PlacedNode {
  readonly proto: NodeProto
  /** As a finding names it; a nameless one by its operator and position. */
  readonly name: string
  readonly op: string
  /** Empty for ONNX's own. */
  readonly domain: string
  /** `Node conv1 (Conv)`, with the body or function that it stands in. */
  readonly label: string
  /** The bodies of If, Loop and Scan, by their attributes. */
  readonly bodies: readonly Scope[]
}

/** A list of nodes that see the same values: the model's graph, a body of a node, or a function. */
export interface Scope {
  readonly kind: 'graph' | 'body' | 'function'
  /** `The graph`, `The body then_branch of node x (If)`, `The function f`. */
  readonly label: string
  readonly nodes: readonly PlacedNode[]
  /** Names of inputs and outputs, in their order. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Undefined for a function. */
  readonly graph: GraphProto | undefined
  /** Version of each operator set that the nodes are written against. */
  readonly opsets: ReadonlyMap<string, number>
  /** The scope whose values a body sees too. */
  readonly around: Scope | undefined
}

/** Every scope of a model, each before those inside it. */
export function scopesOf(model: ModelProto): readonly Scope[] {
  const roots = model.functions.map(functionScope)
  if (model.graph) roots.unshift(graphScope(model.graph, 'graph', 'The graph', opsetsOf(model), undefined))
  return roots.flatMap(withInner)
}

const withInner = (scope: Scope): Scope[] => [scope, ...scope.nodes.flatMap(({ bodies }) => bodies.flatMap(withInner))]

/** `ai.onnx` is another name of ONNX's own domain. */
export const plainDomain = (domain: string): string => (domain === 'ai.onnx' ? '' : domain)

/** Versions by domain, of a model or a function. */
const opsetsOf = ({ opsetImport }: ModelProto | FunctionProto): ReadonlyMap<string, number> =>
  new Map(opsetImport.map(({ domain, version }) => [plainDomain(domain), Number(version)]))

function graphScope(
  graph: GraphProto,
  kind: Scope['kind'],
  label: string,
  opsets: Scope['opsets'],
  around: Scope | undefined,
): Scope {
  const nodes: PlacedNode[] = []
  const scope: Scope = {
    kind,
    label,
    nodes,
    inputs: graph.input.map(({ name }) => name),
    outputs: graph.output.map(({ name }) => name),
    graph,
    opsets,
    around,
  }
  placeNodes(graph.node, nodes, scope)
  return scope
}

function functionScope(source: FunctionProto): Scope {
  const nodes: PlacedNode[] = []
  const scope: Scope = {
    kind: 'function',
    label: `The function ${source.domain}.${source.name}`,
    nodes,
    inputs: source.input,
    outputs: source.output,
    graph: undefined,
    opsets: opsetsOf(source),
    around: undefined,
  }
  placeNodes(source.node, nodes, scope)
  return scope
}

// Bodies see the scope around them, so that is made first and filled then.
function placeNodes(protos: readonly NodeProto[], nodes: PlacedNode[], scope: Scope): void {
  const inside = scope.kind === 'graph' ? '' : ` in ${lowerFirst(scope.label)}`
  for (const [index, proto] of protos.entries()) {
    const name = proto.name || `${proto.opType}_${index}`
    const label = `Node ${name} (${proto.opType})${inside}`
    const bodies = proto.attribute.flatMap(attribute =>
      [...(attribute.g ? [attribute.g] : []), ...attribute.graphs].map(graph =>
        graphScope(graph, 'body', `The body ${attribute.name} of ${lowerFirst(label)}`, scope.opsets, scope),
      ),
    )
    nodes.push({ proto, name, op: proto.opType, domain: plainDomain(proto.domain), label, bodies })
  }
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
