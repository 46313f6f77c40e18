import type { Node, Value } from '@pare/core-graph'
import type { Activation } from './kernels.ts'
import type { Lowerer } from './lowerer.ts'
import type { Form } from './lowering.ts'

/** What `make` gives for a value, or for the activation after it, in the same pass, where nothing else reads the value. */
export function withActivation(
  lowerer: Lowerer,
  name: string | undefined,
  make: (activation: Activation | undefined) => Value,
): Form | undefined {
  const user = name === undefined ? undefined : lowerer.soleUser(name)
  const activation = user && activationOf(lowerer, user)
  if (!activation) return { rows: make(undefined) }
  lowerer.fused(user, { rows: make(activation) })
  return undefined
}

/** An activation whose gradient is made from what it gives, as FusedConv applies it. */
function activationOf(lowerer: Lowerer, { op, domain, inputs: [, min, max] }: Node): Activation | undefined {
  if (domain !== '') return undefined
  if (op === 'Relu') return { activation: 'Relu' }
  if (op !== 'Clip' || !min || !max) return undefined
  const bounds = [min, max].map(name => lowerer.number(name))
  return bounds.every(bound => bound !== undefined) ? { activation: 'Clip', activation_params: bounds } : undefined
}
