import type { Graph } from '@pare/core-graph'
import type { Range } from './affine.ts'
import type { QuantizedNode } from './quantized-nodes.ts'

/** Tensors that are quantized with one scale and zero point. */
export interface ScaleGroup {
  /** Values that get a Q/DQ pair each. */
  readonly values: readonly string[]
  /** Those of them whose ranges must be observed: the others only move or pick what these hold. */
  readonly observed: readonly string[]
  /** Ranges known beforehand. */
  readonly known: readonly Range[]
  /** Constants that are quantized like activations, and the nodes that read them so. */
  readonly constants: readonly { readonly tensor: string; readonly nodes: readonly string[] }[]
}

interface OpenGroup {
  /** Under which it is found. */
  readonly names: string[]
  readonly values: Set<string>
  readonly moved: Set<string>
  readonly known: Map<string, Range>
  readonly constants: Map<string, string[]>
}

/** Groups all values and constants that the nodes read and make with an activation's scale. */
export function scaleGroups(graph: Graph, nodes: readonly QuantizedNode[]): readonly ScaleGroup[] {
  const groups = new Map<string, OpenGroup>()
  const groupOf = (name: string): OpenGroup => {
    const known = groups.get(name)
    if (known) return known
    const made = {
      names: [name],
      values: new Set<string>(),
      moved: new Set<string>(),
      known: new Map(),
      constants: new Map(),
    }
    groups.set(name, made)
    return made
  }
  for (const { node, rule, data, outputs } of nodes) {
    const shared = rule.output === 'shared'
    for (const name of data) {
      // A constant has its own scale with each way of reading it; only a shared one binds it to the values around.
      const group = groupOf(graph.initializers.has(name) && shared ? (outputs[0] ?? '') : name)
      if (!graph.initializers.has(name)) group.values.add(name)
      else group.constants.set(name, [...(group.constants.get(name) ?? []), node.name])
    }
    for (const name of outputs) {
      const group = groupOf(name)
      group.values.add(name)
      if (shared) group.moved.add(name)
      else if (rule.output !== 'own') group.known.set(name, rule.output)
    }
    if (shared) join(groups, [...data.filter(name => !graph.initializers.has(name)), ...outputs])
  }
  return [...new Set(groups.values())].map(({ values, moved, known, constants }) => ({
    values: [...values],
    observed: [...values].filter(name => !moved.has(name) && !known.has(name)),
    known: [...known.values()],
    constants: [...constants].map(([tensor, readers]) => ({ tensor, nodes: readers })),
  }))
}

function join(groups: Map<string, OpenGroup>, names: readonly string[]): void {
  const [first, ...others] = names.flatMap(name => groups.get(name) ?? [])
  if (!first) return
  for (const other of others) {
    if (other === first) continue
    for (const name of other.values) first.values.add(name)
    for (const name of other.moved) first.moved.add(name)
    for (const [name, range] of other.known) first.known.set(name, range)
    for (const [name, readers] of other.constants)
      first.constants.set(name, [...(first.constants.get(name) ?? []), ...readers])
    for (const name of other.names) {
      groups.set(name, first)
      first.names.push(name)
    }
  }
}
