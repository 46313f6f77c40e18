import { map, type Nd } from './nd.ts'
import { type Attributes, type Forward, input, outputsOf } from './reference.ts'
import { Greater } from './references/Greater.ts'
import { GreaterOrEqual } from './references/GreaterOrEqual.ts'
import { Less } from './references/Less.ts'
import { LessOrEqual } from './references/LessOrEqual.ts'
import { MaxPool } from './references/MaxPool.ts'

type Inputs = Readonly<Record<string, Nd>>

/** A definition that looks at `seen` to choose the branch of each element, and computes it of the inputs. */
type Branching = (inputs: Inputs, attributes: Attributes, seen: Inputs) => Nd | readonly Nd[]

/** Y = X between two bounds of what was seen, and a constant beyond each; then what `finish` makes of both. */
const bounded =
  (
    name: string,
    boundsOf: (inputs: Inputs, attributes: Attributes) => Bounds,
    finish: (x: number, y: number) => number = (_, y) => y,
  ): Branching =>
  (inputs, attributes, seen) => {
    const { low, high, scale = 1, shift = 0 } = boundsOf(inputs, attributes)
    const [x, looked] = [input(inputs, name), input(seen, name)]
    const data = x.data.map((value, place) => {
      const decides = scale * (looked.data[place] ?? 0) + shift
      return finish(value, decides <= low ? low : decides >= high ? high : scale * value + shift)
    })
    return { dims: x.dims, data }
  }

interface Bounds {
  readonly low: number
  readonly high: number
  /** Of the line between: default 1 and 0. */
  readonly scale?: number
  readonly shift?: number
}

/** 1 or 0, of what was seen. */
const comparison =
  ({ forward }: { readonly forward: Forward }): Branching =>
  (_, attributes, seen) =>
    forward(seen, attributes)

const [infinity, hardSwish] = [Number.POSITIVE_INFINITY, { low: 0, high: 1, scale: 1 / 6, shift: 0.5 }]

/**
 * Operators that choose a branch for each element by looking at their inputs. Where two runs differ by rounding, they
 * may choose differently there, and then their gradients differ by more than that.
 */
export const kinks: Readonly<Record<string, Branching>> = {
  Clip: bounded('input', ({ min, max }) => ({ low: min?.data[0] ?? -infinity, high: max?.data[0] ?? infinity })),
  Greater: comparison(Greater),
  GreaterOrEqual: comparison(GreaterOrEqual),
  HardSigmoid: bounded('X', (_, attributes) => ({
    low: 0,
    high: 1,
    scale: attributes.number('alpha', 0.2),
    shift: attributes.number('beta', 0.5),
  })),
  HardSwish: bounded(
    'X',
    () => hardSwish,
    (x, y) => x * y,
  ),
  Less: comparison(Less),
  LessOrEqual: comparison(LessOrEqual),
  MaxPool: (inputs, attributes, seen) => {
    const x = input(inputs, 'X')
    const [, places = x] = outputsOf(MaxPool.forward(seen, attributes))
    return [map(places, place => x.data[place] ?? 0), places]
  },
  Relu: bounded('X', () => ({ low: 0, high: infinity })),
}
