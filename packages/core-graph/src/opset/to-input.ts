import { dataTypeCode } from '../data-type.ts'
import type { Node } from '../graph.ts'
import { attribute, readAttributes } from '../operator.ts'
import { helperNode, type UpgradeContext, without } from './upgrade.ts'

/** Moves the attribute `name`, a list of integers, to a new last input; a node without it, or with an empty one, only loses it. */
export function intsToInput(node: Node, name: string, context: UpgradeContext): Node {
  const { [name]: values } = readAttributes(node, { [name]: attribute.optional.ints() })
  const attributes = without(node, name)
  if (!values?.length) return { ...node, attributes }
  const input = context.constant(`${node.name}/${name}`, 'int64', [values.length], values)
  return { ...node, attributes, inputs: [...node.inputs, input] }
}

/**
 * A scalar of the type of the value `like`: a float32 constant, with a cast behind it where the type is another or
 * not known. `nodes` must stand before the one that reads it.
 */
export function scalarLike(
  name: string,
  value: number,
  like: string,
  context: UpgradeContext,
): { readonly input: string; readonly nodes: readonly Node[] } {
  const constant = context.constant(name, 'float32', [], [value])
  const type = context.typeOf(like)?.dataType
  if (type === 'float32') return { input: constant, nodes: [] }
  const input = context.fresh(`${name}_cast`)
  const cast = type
    ? helperNode('Cast', input, [constant], [input], { to: { kind: 'int', value: dataTypeCode(type) } })
    : helperNode('CastLike', input, [constant, like], [input])
  return { input, nodes: [cast] }
}
