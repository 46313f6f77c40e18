import type { FunctionProto } from 'onnx-buf'
import { copyOf } from './copy-of.ts'
import { ModelError } from './errors.ts'
import { freshNames } from './fresh-names.ts'
import { type Attribute, bodiesOf, type Graph, type GraphBody, type Node, valuesOf } from './graph.ts'
import { mapBodies } from './graph-edit.ts'
import { loadFunction } from './load.ts'
import { refusedChanges } from './opset/changes.ts'
import { upgrades } from './upgrades/registry.ts'

/** A file of a kilobyte can ask for more nodes than there is memory, or for functions in functions without end. */
const mostNodes = 100_000
const deepest = 100

interface LocalFunction {
  readonly proto: FunctionProto
  readonly nodes: readonly Node[]
  readonly defaults: ReadonlyMap<string, Attribute>
}

interface Run {
  /** By domain, name and overload; read when it is first called. */
  readonly find: (call: Node) => LocalFunction | undefined
  readonly opsets: Map<string, number>
  readonly fresh: (name: string) => string
  made: number
}

/**
 * Puts the nodes of the model's functions where they are called, at every level (ONNX IR, "Functions"): inputs and
 * outputs by position, attribute references resolved by the call or the function's defaults, all other names made new.
 * A graph with functions has none afterwards. `changed` is the number of calls.
 *
 *     f(a, b) = { t = Mul(a, b); r = Relu(t) };  y = f(x, w)   →   f/t = Mul(x, w); y = Relu(f/t)
 *
 * @throws ModelError `MODEL_FUNCTION` for a function that calls itself, grows without bounds, is called with more inputs
 *   or outputs than it has, or is written for an operator set in which its operators meant something else
 */
export function inlineFunctions(graph: Graph): { readonly graph: Graph; readonly changed: number } {
  if (graph.functions.length === 0) return { graph, changed: 0 }
  const run: Run = { find: finder(graph), opsets: new Map(graph.opsets), fresh: freshNames(graph), made: 0 }
  let changed = 0

  const inlineCalls = (nodes: readonly Node[], inside: readonly LocalFunction[]): readonly Node[] =>
    nodes.flatMap(node => {
      const attributes = mapBodies(node, body => ({ ...body, nodes: inlineCalls(body.nodes, inside) }))
      const call = attributes === node.attributes ? node : { ...node, attributes }
      const called = run.find(call)
      if (!called) return [call]
      changed++
      return inlineCalls(expand(call, called, inside, run), [...inside, called])
    })

  const nodes = inlineCalls(graph.nodes, [])
  const used = domainsOf(nodes)
  const defined = new Set(graph.functions.map(({ domain }) => domainOf(domain)))
  const kept = [...run.opsets].filter(([domain]) => used.has(domain) || !defined.has(domain))
  // A model names one operator set at least.
  const opsets = kept.length > 0 ? new Map(kept) : run.opsets
  return { graph: { ...graph, nodes, opsets, functions: [] }, changed }
}

const domainOf = (domain: string) => (domain === 'ai.onnx' ? '' : domain)

const domainsOf = (nodes: readonly Node[]): ReadonlySet<string> =>
  new Set(nodes.flatMap(node => [node.domain, ...bodiesOf(node).flatMap(body => [...domainsOf(body.nodes)])]))

function finder({ functions }: Graph): Run['find'] {
  const key = (domain: string, name: string, overload = '') => JSON.stringify([domainOf(domain), name, overload])
  const protos = new Map(functions.map(proto => [key(proto.domain, proto.name, proto.overload), proto]))
  const loaded = new Map<FunctionProto, LocalFunction>()
  return ({ domain, op, source }) => {
    const proto = protos.get(key(domain, op, source?.overload))
    if (!proto) return undefined
    const known = loaded.get(proto) ?? { proto, ...loadFunction(proto) }
    loaded.set(proto, known)
    return known
  }
}

/** The function's nodes as the call means them; calls of other functions among them are left. */
function expand(call: Node, called: LocalFunction, inside: readonly LocalFunction[], run: Run): readonly Node[] {
  const { proto, nodes, defaults } = called
  if (inside.includes(called)) throw functionError(call, 'calls itself', 'ONNX knows no recursion: export it again.')
  run.made += countOf(nodes)
  if (inside.length >= deepest || run.made > mostNodes)
    throw functionError(
      call,
      inside.length >= deepest ? `is nested ${deepest} deep` : `makes more than ${mostNodes} nodes of the model`,
      'Inline the functions with the tool that made the model.',
    )
  const surplus = [...call.inputs.slice(proto.input.length), ...call.outputs.slice(proto.output.length)]
  if (surplus.some(name => name !== ''))
    throw functionError(
      call,
      `has ${proto.input.length} inputs and ${proto.output.length} outputs, not ${call.inputs.length} and ${call.outputs.length}`,
      'The model is invalid: export it again.',
    )
  adoptOpsets(call, called, run.opsets)

  const names = new Map<string, string>()
  for (const [index, input] of proto.input.entries()) names.set(input, call.inputs[index] ?? '')
  const copies: Node[] = []
  for (const [index, output] of proto.output.entries()) {
    const wanted = call.outputs[index] ?? ''
    const from = names.get(output)
    if (from === undefined) names.set(output, wanted || run.fresh(`${call.name}/${output}`))
    // An input that is handed out, or a value that is handed out twice.
    else if (wanted) copies.push(identity(run.fresh(`${call.name}/${output}`), from, wanted))
  }
  const given = new Map([...defaults, ...Object.entries(call.attributes)])
  return [...copyNodes(nodes, { names, given, prefix: call.name, fresh: run.fresh }), ...copies]
}

const countOf = (nodes: readonly Node[]): number =>
  nodes.reduce((sum, node) => sum + 1 + bodiesOf(node).reduce((inner, body) => inner + countOf(body.nodes), 0), 0)

const identity = (name: string, from: string, to: string): Node => ({
  name,
  op: 'Identity',
  domain: '',
  inputs: [from],
  outputs: [to],
  attributes: {},
})

interface Scope {
  /** What the function's values are called where it is put. */
  readonly names: ReadonlyMap<string, string>
  readonly given: ReadonlyMap<string, Attribute>
  readonly prefix: string
  readonly fresh: (name: string) => string
}

function copyNodes(nodes: readonly Node[], scope: Scope): readonly Node[] {
  const names = new Map(scope.names)
  for (const output of nodes.flatMap(node => node.outputs))
    if (output && !names.has(output)) names.set(output, scope.fresh(`${scope.prefix}/${output}`))
  return nodes.map(node => copyNode(node, { ...scope, names }))
}

function copyNode(node: Node, scope: Scope): Node {
  const name = scope.fresh(`${scope.prefix}/${node.name}`)
  const rename = (value: string) => scope.names.get(value) ?? value
  return {
    name,
    op: node.op,
    domain: node.domain,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
    attributes: Object.fromEntries(
      Object.entries(node.attributes).flatMap(([key, attribute]) => {
        const meant = resolve(key, attribute, scope)
        return meant ? [[key, meant]] : []
      }),
    ),
    ...(node.source ? { source: copyOf(node.source, { name }) } : {}),
  }
}

/** What an attribute is in this call; undefined where it refers to one that was not given, so that the operator's default holds. */
function resolve(name: string, attribute: Attribute, scope: Scope): Attribute | undefined {
  if (attribute.kind === 'graph') return { ...attribute, value: copyBody(attribute.value, scope) }
  if (attribute.kind === 'graphs') return { ...attribute, value: attribute.value.map(body => copyBody(body, scope)) }
  if (!attribute.source?.refAttrName) return attribute
  const given = scope.given.get(attribute.source.refAttrName)
  return given?.source ? { ...given, source: copyOf(given.source, { name }) } : given
}

/** The values of a body get new names too: one may be called what the function's input is called here. */
function copyBody(body: GraphBody, scope: Scope): GraphBody {
  const names = new Map(scope.names)
  for (const value of valuesOf(body)) if (value) names.set(value, scope.fresh(`${scope.prefix}/${value}`))
  const rename = <Named extends { readonly name: string }>(value: Named): Named => ({
    ...value,
    name: names.get(value.name) ?? value.name,
  })
  return {
    ...body,
    inputs: body.inputs.map(rename),
    outputs: body.outputs.map(rename),
    initializers: new Map([...body.initializers].map(([name, tensor]) => [names.get(name) ?? name, tensor])),
    valueInfo: new Map([...body.valueInfo.values()].map(rename).map(info => [info.name, info])),
    nodes: copyNodes(body.nodes, { ...scope, names }),
  }
}

/**
 * The model takes over the operator sets that only the function names. Where both name one, its operators must mean the
 * same in both versions (ONNX IR, "Functions").
 */
function adoptOpsets(call: Node, { proto, nodes }: LocalFunction, opsets: Map<string, number>): void {
  for (const { domain: written, version: own } of proto.opsetImport) {
    const domain = domainOf(written)
    const version = opsets.get(domain)
    if (version === undefined) opsets.set(domain, Number(own))
    if (version === undefined || version === Number(own) || domain !== '') continue
    const other = changedBetween(nodes, Math.min(version, Number(own)), Math.max(version, Number(own)))
    if (other)
      throw functionError(
        call,
        `is written for operator set ${own}, the model for ${version}, and ${other} changed in between`,
        'Export the model with one operator set for all of it.',
      )
  }
}

const rules = Object.values(upgrades)

/** An operator of ONNX's own that means something else in the newer of two versions. */
function changedBetween(nodes: readonly Node[], older: number, newer: number): string | undefined {
  const isBetween = (version: number) => version > older && version <= newer
  const changed = ({ op, domain }: Node) =>
    domain === '' &&
    (rules.some(({ ops, version }) => ops.includes(op) && isBetween(version)) ||
      isBetween(refusedChanges.get(op)?.version ?? older))
  for (const node of nodes) {
    if (changed(node)) return node.op
    for (const body of bodiesOf(node)) {
      const inner = changedBetween(body.nodes, older, newer)
      if (inner) return inner
    }
  }
  return undefined
}

const functionError = (call: Node, problem: string, hint: string) =>
  new ModelError({
    code: 'MODEL_FUNCTION',
    message: `The function ${call.domain}.${call.op}, called by node ${call.name}, ${problem}.`,
    hint,
    node: call,
  })
