import type { Value } from '@pare/core-graph'
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
  if (user?.op !== 'Relu' || user.domain !== '') return { rows: make(undefined) }
  lowerer.fused(user, { rows: make({ activation: 'Relu' }) })
  return undefined
}
