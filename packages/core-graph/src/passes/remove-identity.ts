import { dataTypeCode } from '../data-type.ts'
import { type Graph, type GraphBody, innerValuesOf, type Node, readsOf, valuesOf } from '../graph.ts'
import { mapBodies, redirectReads, renameValues } from '../graph-edit.ts'
import { inferredConstant, inferTypes } from '../infer.ts'
import type { Inferred } from '../operator.ts'
import { definePass, type PassRefusal, type PassResult } from '../pass.ts'
import { tensorNumbers } from '../tensor.ts'

type LookUp = (name: string) => Inferred | undefined

/** When an operator hands its first input on as it is. */
const handsOn: ReadonlyMap<string, (node: Node, lookUp: LookUp) => boolean> = new Map([
  ['Identity', () => true],
  // Without training_mode (its third input) nothing is dropped and nothing is scaled (ONNX Dropout).
  ['Dropout', ({ inputs: [, , training] }: Node, lookUp: LookUp) => !training || isFalse(lookUp(training))],
  [
    'Cast',
    ({ inputs: [input = ''], attributes: { to } }: Node, lookUp: LookUp) => {
      const type = lookUp(input)?.dataType
      return type !== undefined && to?.kind === 'int' && to.value === dataTypeCode(type)
    },
  ],
  ...['Concat', 'Sum', 'Mean', 'Max', 'Min'].map(op => [op, ({ inputs }: Node) => inputs.length === 1] as const),
])

const isFalse = (value: Inferred | undefined): boolean =>
  value?.constant !== undefined && tensorNumbers(value.constant).every(element => element === 0)

/**
 * Nodes that hand their input on are bypassed, in bodies too: Identity, Dropout outside training, Cast to the same
 * type, Concat, Sum, Mean, Max and Min of one tensor. CastLike, which reads a tensor for its type alone, becomes Cast.
 *
 *     h = Relu(x); i = Identity(h); y = Conv(i, w)   →   h = Relu(x); y = Conv(h, w)
 *     h = Relu(x); y = Identity(h)                   →   y = Relu(x)                    (output y keeps its name)
 */
export const removeIdentity = definePass({
  id: 'remove-identity',
  description:
    'Bypass nodes that hand their input on unchanged: Identity, Dropout, Cast to the same type and the like.',
  requires: ['opset-21'],
  ensures: ['no-identities'],
  run: graph => {
    let current: PassResult = { graph, changed: 0 }
    let changed = 0
    // Behind an operator without a shape rule, such as one that was bypassed, types are known only then.
    do {
      current = removeOnce(current.graph)
      changed += current.changed
    } while (current.changed > 0)
    return { ...current, changed }
  },
})

function removeOnce(graph: Graph): PassResult {
  const refusals: PassRefusal[] = []
  const { values } = inferTypes(graph)
  const { body, removed } = withoutIdentities(graph, name => values.get(name), refusals)
  return { graph: body, changed: removed, refusals }
}

function withoutIdentities<Body extends GraphBody>(
  body: Body,
  around: LookUp,
  refusals: PassRefusal[],
): { readonly body: Body; readonly removed: number } {
  const lookUp: LookUp = name => around(name) ?? typeInBody(body, name)
  const outputs = new Set(body.outputs.map(output => output.name))
  const read = new Set([...body.nodes.flatMap(readsOf), ...outputs])
  const inner = new Set(innerValuesOf(body.nodes))
  const made = new Set<string>()
  const redirects = new Map<string, string>()
  const renames = new Map<string, string>()
  const nodes: Node[] = []
  let removed = 0
  const keep = (node: Node) => {
    nodes.push(node)
    for (const output of node.outputs) made.add(output)
  }

  for (const original of body.nodes) {
    const attributes = mapBodies(original, inner => {
      const own = valuesOf(inner)
      const result = withoutIdentities(inner, name => (own.has(name) ? undefined : lookUp(name)), refusals)
      removed += result.removed
      return result.body
    })
    const cleaned = attributes === original.attributes ? original : { ...original, attributes }
    const node = asCast(redirectReads([cleaned], redirects)[0] ?? cleaned, lookUp)
    const [from = ''] = node.inputs
    const [to = '', ...others] = node.outputs
    if (node.domain !== '' || from === '' || !handsOn.get(node.op)?.(node, lookUp)) {
      if (node.op !== original.op) removed++
      keep(node)
      continue
    }
    const isOutput = outputs.has(to)
    const reason = others.some(output => read.has(output))
      ? 'its mask is read'
      : isOutput && (!made.has(from) || outputs.has(from) || renames.has(from))
        ? 'it gives an output its name, and its input needs its own'
        : inner.has(isOutput ? to : from)
          ? 'a body has a value of the same name'
          : undefined
    if (reason !== undefined) {
      refusals.push({ node: node.name, reason })
      keep(node)
      continue
    }
    removed++
    if (isOutput) renames.set(from, to)
    else redirects.set(to, from)
  }
  if (removed === 0) return { body, removed }
  const gone = new Set([...redirects.keys(), ...renames.values()])
  const valueInfo = new Map([...body.valueInfo].filter(([name]) => !gone.has(name)))
  return { body: renameValues({ ...body, nodes, valueInfo }, renames), removed }
}

/** CastLike to a type that is known, as Cast. */
function asCast(node: Node, lookUp: LookUp): Node {
  const [input = '', like = ''] = node.inputs
  const type = lookUp(like)?.dataType
  if (node.op !== 'CastLike' || node.domain !== '' || type === undefined) return node
  const attributes = { ...node.attributes, to: { kind: 'int', value: dataTypeCode(type) } } as const
  return { ...node, op: 'Cast', inputs: [input], attributes }
}

function typeInBody(body: GraphBody, name: string): Inferred | undefined {
  const constant = body.initializers.get(name)
  if (constant) return inferredConstant(constant)
  return body.valueInfo.get(name)?.type ?? body.inputs.find(input => input.name === name)?.type
}
