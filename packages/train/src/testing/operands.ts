import { createRandom } from '@pare/core-graph'
import { type Nd, sizeOf } from './nd.ts'
import type { Operand, ReferenceCase } from './reference.ts'

export type AnyCase = Omit<ReferenceCase, 'name'>

export const isRandom = (operand: Operand | undefined): operand is readonly number[] => Array.isArray(operand)

/** The inputs of a case that are random. */
export const randomNames = ({ inputs }: AnyCase) => Object.keys(inputs).filter(name => isRandom(inputs[name]))

/** The inputs of a case, by name. */
export function operandsOf({ inputs, positive = [] }: AnyCase): Record<string, Nd> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, operand], place) => [name, operandOf(operand, place, positive.includes(name))]),
  )
}

function operandOf(operand: Operand, place: number, positive: boolean): Nd {
  if (isRandom(operand)) return spaced(operand, place, positive)
  if ('ints' in operand) return { dims: [operand.ints.length], data: Float64Array.from(operand.ints) }
  if ('scalar' in operand) return { dims: [], data: Float64Array.of(Math.fround(operand.scalar)) }
  return { dims: operand.dims, data: Float64Array.from(operand.values) }
}

/**
 * Random values that lie on both sides of 0, each at least 0.02 from 0, from every other and from the tenths, and
 * others in each stream: where an operator has a kink, differences do not step over it. Exact in float32.
 */
export function spaced(dims: readonly number[], stream: number, positive = false): Nd {
  const random = createRandom(7, stream)
  const count = sizeOf(dims)
  const order = [...Array(count).keys()].map(place => [random(), place] as const).sort(([a], [b]) => a - b)
  const offset = 0.02 + 0.01 * (stream % 6)
  const values = order.map(([, place]) => (positive ? place + 10 : place - Math.floor(count / 2)) * 0.1 + offset)
  return { dims, data: Float64Array.from(values, Math.fround) }
}
