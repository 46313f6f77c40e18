import fc from 'fast-check'
import { anyBroadcast, anyDims } from '../arbitraries.ts'
import { zip } from '../nd.ts'
import { defineReference, input, type ReferenceCase } from '../reference.ts'

const inputs: readonly Pick<ReferenceCase, 'name' | 'inputs'>[] = [
  { name: 'of one shape', inputs: { A: [2, 3], B: [2, 3] } },
  { name: 'B broadcast over leading axes', inputs: { A: [2, 3, 4], B: [4] } },
  { name: 'both broadcast', inputs: { A: [3, 1], B: [2, 1, 4] } },
  { name: 'with a scalar', inputs: { A: [], B: [2, 2] } },
]

/** C = f(A, B), broadcast. */
export const defineBroadcasting = (
  op: string,
  combine: (a: number, b: number) => number,
  limits: Pick<ReferenceCase, 'positive' | 'differentiate'> = {},
) =>
  defineReference({
    op,
    cases: inputs.map(given => ({ ...given, ...limits })),
    arbitrary: anyDims(0, 3)
      .chain(dims => fc.tuple(anyBroadcast(dims), anyBroadcast(dims)))
      .map(([A, B]) => ({ inputs: { A, B }, ...limits })),
    forward: given => zip(input(given, 'A'), input(given, 'B'), combine),
  })
