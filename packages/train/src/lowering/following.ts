import type { Node, Value } from '@pare/core-graph'
import type { Activation } from './kernels.ts'
import type { Lowerer } from './lowerer.ts'
import type { Form } from './lowering.ts'

/** What can be done in the pass that makes a value. */
export interface Fused {
  readonly added?: Value | undefined
  readonly activation?: Activation | undefined
}

/**
 * What `make` gives for a value, or in the same pass for what follows, where nothing else reads the value: the addition of
 * a shortcut that is in rows already, and an activation.
 */
export function withFollowing(
  lowerer: Lowerer,
  name: string | undefined,
  make: (fused: Fused) => Value,
): Form | undefined {
  const first = name === undefined ? undefined : lowerer.soleUser(name)
  const added = first && name !== undefined ? shortcutOf(lowerer, first, name) : undefined
  const second = added && first ? lowerer.soleUser(first.outputs[0] ?? '') : first
  const activation = second && activationOf(lowerer, second)
  const form = { rows: make({ added, activation }) }
  const fused = [...(added && first ? [first] : []), ...(activation && second ? [second] : [])]
  if (fused.length === 0) return form
  lowerer.fused(fused, form)
  return undefined
}

/** What an Add adds to a value of the same shape. */
function shortcutOf(
  lowerer: Lowerer,
  { op, domain, inputs, outputs: [sum = ''] }: Node,
  name: string,
): Value | undefined {
  const other = inputs.find(input => input !== name)
  if (op !== 'Add' || domain !== '' || other === undefined || !lowerer.isMade(other)) return undefined
  const operand = lowerer.operand(other)
  const [own, whole] = [lowerer.sizes(name), lowerer.sizes(sum)]
  const isSame = `${operand.sizes}` === `${whole}` && `${own}` === `${whole}`
  return isSame && operand.isBlocked ? operand.rows() : undefined
}

/** An activation whose gradient is made from what it gives, as FusedConv applies it. */
function activationOf(lowerer: Lowerer, { op, domain, inputs: [, min, max] }: Node): Activation | undefined {
  if (domain !== '') return undefined
  if (op === 'Relu') return { activation: 'Relu' }
  if (op !== 'Clip' || !min || !max) return undefined
  const bounds = [min, max].map(name => lowerer.number(name))
  return bounds.every(bound => bound !== undefined) ? { activation: 'Clip', activation_params: bounds } : undefined
}
