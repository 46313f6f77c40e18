import { type Graph, graphIndex, type Node } from '@pare/core-graph'
import { type Affine, rangeOf } from '../../affine.ts'
import { ruleOf } from '../../quantized-nodes.ts'
import { inputNames } from '../../rule.ts'
import { defineCause, type Layer } from '../cause.ts'
import { rangeText, widthOf, withZero } from '../figures.ts'

/** One of the joined values is so many times as wide as another: three bits are lost, or more. */
const different = 8

/** affine(a) = affine(b) though range(a) ≫ range(b): b keeps few levels. Concat forces it, in some tools Add as well */
export const sharedScale = defineCause({
  id: 'shared-scale',
  title: 'values of different ranges under one scale',
  inLayer: layer => {
    for (const value of layer.data) {
      const join = joinBefore(layer.graph, value)
      const joined = join ? valuesOf(join).flatMap(name => mapped(layer, name)) : []
      const [first] = joined
      if (!join || !first || joined.length < 2 || !joined.every(other => isSame(other.affine, first.affine))) continue
      const [narrow, wide] = [joined.reduce(narrower), joined.reduce(wider)]
      const times = widthOf(rangeOf(first.affine)) / widthOf(narrow.range)
      if (times < different || widthOf(wide.range) / widthOf(narrow.range) < different) continue
      const readers = graphIndex(layer.graph).users.get(join.outputs[0] ?? '') ?? []
      return {
        evidence: `${join.name} (${join.op}) puts ${narrow.name} (${rangeText(narrow.range)}) and ${wide.name} (${rangeText(wide.range)}) under one scale, and ${layer.node.name} reads them so: of 256 levels ${narrow.name} keeps about ${Math.max(1, Math.round(256 / times))}.`,
        figures: { join: join.name, narrow: narrow.name, wide: wide.name, times },
        changes: [{ 'quant.static': { exclude: [join.name, ...readers.map(({ name }) => name)] } }],
        advice: `Leave ${join.name} and what reads it in float.`,
      }
    }
    return undefined
  },
})

const narrower = (a: Joined, b: Joined) => (widthOf(b.range) < widthOf(a.range) ? b : a)
const wider = (a: Joined, b: Joined) => (widthOf(b.range) > widthOf(a.range) ? b : a)

interface Joined {
  readonly name: string
  readonly affine: Affine
  readonly range: { readonly low: number; readonly high: number }
}

function mapped({ affine, range }: Layer, name: string): Joined[] {
  const [known, own] = [affine(name), range(name)]
  return known && own ? [{ name, affine: known, range: withZero(own) }] : []
}

const isSame = (a: Affine, b: Affine) => a.scale === b.scale && a.zeroPoint === b.zeroPoint

/** The node with several inputs that a value comes from, behind those that only move values. */
function joinBefore(graph: Graph, value: string): Node | undefined {
  const { producer } = graphIndex(graph)
  for (let node = producer.get(value); node; node = producer.get(node.inputs[0] ?? '')) {
    const rule = ruleOf(node)
    if (rule?.role !== 'follows') return undefined
    if (valuesOf(node).filter(name => !graph.initializers.has(name)).length > 1) return node
  }
  return undefined
}

const valuesOf = (node: Node): string[] => (ruleOf(node)?.data ?? []).flatMap(input => inputNames(node, input))
