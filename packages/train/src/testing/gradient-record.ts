import { readFileSync } from 'node:fs'
import type { Nd } from './nd.ts'

/** Gradients by PyTorch in float64, as `bench/peers/gradients.py` keeps them. */
export interface GradientRecord {
  /** Number of samples. */
  readonly batch: number
  readonly labelSmoothing: number
  readonly loss: number
  readonly parameters: Readonly<Record<string, GradientSummary>>
}

/** What is kept of one gradient. */
export interface GradientSummary {
  readonly dims: readonly number[]
  /** The largest magnitude of an element. */
  readonly largest: number
  readonly norm: number
  /** The product with a random tensor. */
  readonly projection: number
  /** Some of the elements. */
  readonly elements: readonly number[]
}

export const readRecord = (file: URL): GradientRecord => JSON.parse(readFileSync(file, 'utf8')) as GradientRecord

/** Numbers of 0 to 1: MurmurHash3's finalizer over the place; as the script has it, to the last bit. */
export function uniform(stream: number, length: number): Float64Array {
  return Float64Array.from({ length }, (_, place) => {
    let bits = (stream << 20) + place
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
    return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32
  })
}

/** The images of a batch: of −2 to 2, exact in float32. */
export function images(dims: readonly number[]): Nd {
  const length = dims.reduce((product, size) => product * size, 1)
  return { dims, data: uniform(0, length).map(value => Math.fround(4 * value - 2)) }
}

/** The classes of a batch's samples. */
const labelsOf = (batch: number, classes: number): Int32Array =>
  Int32Array.from({ length: batch }, (_, sample) => (3 * sample + 1) % classes)

/** Shares of the classes: 1 − ε + ε/K of the sample's own, ε/K of each other. */
export function targetsOf(batch: {
  readonly size: number
  readonly classes: number
  readonly labelSmoothing: number
}): Nd {
  const { size, classes, labelSmoothing } = batch
  const data = new Float64Array(size * classes).fill(labelSmoothing / classes)
  for (const [sample, label] of labelsOf(size, classes).entries())
    data[sample * classes + label] = 1 - labelSmoothing + labelSmoothing / classes
  return { dims: [size, classes], data }
}

/** What the script would keep of gradients, its order of parameters being that of their names. */
function summarize(gradients: ReadonlyMap<string, Nd>): ReadonlyMap<string, GradientSummary> {
  const names = [...gradients.keys()].sort((a, b) => (a < b ? -1 : 1))
  return new Map(
    names.map((name, index) => {
      const { dims, data } = gradients.get(name) ?? { dims: [], data: new Float64Array() }
      const factors = uniform(index + 1, data.length)
      const sumOf = (term: (value: number, place: number) => number) =>
        data.reduce((sum, value, place) => sum + term(value, place), 0)
      const summary = {
        dims,
        largest: data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0),
        norm: Math.sqrt(sumOf(value => value * value)),
        projection: sumOf((value, place) => value * (2 * (factors[place] ?? 0) - 1)),
        elements: [1, 3, 5, 7].map(part => data[Math.floor((data.length * part) / 8)] ?? 0),
      }
      return [name, summary]
    }),
  )
}

/**
 * How far gradients are from a record: the worst difference of what is kept, an element's against the largest, the
 * product's against the norm. Gradients that are 0 but for rounding, such as that of a shift before a convolution and
 * another BatchNormalization, count against a thousandth of the largest of all.
 */
export function distanceTo({ parameters }: GradientRecord, gradients: ReadonlyMap<string, Nd>): number {
  const least = Math.max(...Object.values(parameters).map(({ largest }) => largest)) / 1000
  const own = summarize(new Map(Object.keys(parameters).map(name => [name, gradients.get(name) ?? missing(name)])))
  const differences = Object.entries(parameters).flatMap(([name, wanted]) => {
    const got = own.get(name) ?? missing(name)
    if (`${got.dims}` !== `${wanted.dims}`) throw new Error(`The gradient of ${name} has the shape [${got.dims}].`)
    const [largest, norm] = [Math.max(wanted.largest, least), Math.max(wanted.norm, least)]
    return [
      (got.largest - wanted.largest) / largest,
      (got.norm - wanted.norm) / norm,
      (got.projection - wanted.projection) / norm,
      ...wanted.elements.map((value, place) => ((got.elements[place] ?? Number.NaN) - value) / largest),
    ].map(Math.abs)
  })
  return differences.reduce((worst, difference) => (difference <= worst ? worst : difference), 0)
}

function missing(name: string): never {
  throw new Error(`There is no gradient of ${name}.`)
}
