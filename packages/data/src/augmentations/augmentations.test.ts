import { createRandom } from '@pare/core-graph'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BatchAugmentation, ImageAugmentation, ImageBatch } from '../augmentation.ts'
import { anyImage, grey, rowsOf } from '../testing/images.ts'
import { augmentations } from './registry.ts'

/** Options that change something. */
const options: Readonly<Record<keyof typeof augmentations, unknown>> = {
  'colour-jitter': { hue: 0.5 },
  'crop-padding': 2,
  cutmix: {},
  'horizontal-flip': true,
  mixup: { alpha: 1 },
  'rand-augment': { operations: 4, magnitude: 10 },
  'random-erasing': {},
  'random-resized-crop': {},
}

const units = Object.entries(augmentations).map(([id, unit]): [string, ImageAugmentation | BatchAugmentation] => [
  id,
  unit,
])
const optionsOf = ({ id, options: schema }: ImageAugmentation | BatchAugmentation) =>
  schema.parse(options[id as keyof typeof augmentations])
const ofImages = units.flatMap(([id, unit]) => (unit.kind === 'image' ? [[id, unit] as const] : []))
const ofBatches = units.flatMap(([id, unit]) => (unit.kind === 'batch' ? [[id, unit] as const] : []))

const length = fc.integer({ min: 1, max: 12 })

test.each(ofImages)(
  '%s: the same numbers make the same image, in its size, and do not touch the given one',
  (id, unit) => {
    expect(unit.id).toBe(id)
    let changed = 0
    fc.assert(
      fc.property(anyImage, fc.nat(), (image, seed) => {
        const before = image.data.slice()
        const size = { height: image.height, width: image.width }
        const result = unit.apply(image, createRandom(seed), optionsOf(unit), size)
        expect(unit.apply(image, createRandom(seed), optionsOf(unit), size)).toEqual(result)
        expect(image.data).toEqual(before)
        expect(result).toMatchObject({ ...size, channels: image.channels })
        expect(result.data).toBeInstanceOf(Uint8Array)
        expect(result.data.length).toBe(before.length)
        if (result.data.some((value, at) => value !== before[at])) changed++
      }),
    )
    expect(changed).toBeGreaterThan(10)
  },
)

test.each(ofImages)('%s: the pixels do not decide how many numbers are drawn', (_, unit) => {
  fc.assert(
    fc.property(anyImage, fc.nat(), (image, seed) => {
      const drawnFor = (data: Uint8Array) => {
        const random = createRandom(seed)
        let drawn = 0
        const counted = () => {
          drawn++
          return random()
        }
        unit.apply({ ...image, data }, counted, optionsOf(unit), image)
        return drawn
      }
      expect(drawnFor(image.data)).toBe(drawnFor(new Uint8Array(image.data.length)))
    }),
    { numRuns: 20 },
  )
})

test('without strength nothing changes', () => {
  const { 'colour-jitter': colourJitter, 'rand-augment': randAugment } = augmentations
  fc.assert(
    fc.property(anyImage, fc.nat(), length, length, (image, seed, height, width) => {
      const random = createRandom(seed)
      const off = { brightness: 0, contrast: 0, saturation: 0, hue: 0 }
      expect(colourJitter.apply(image, random, off, image)).toEqual(image)
      expect(augmentations['horizontal-flip'].apply(image, random, false, image)).toBe(image)
      expect(augmentations['crop-padding'].apply(image, random, 0, image)).toBe(image)
      const never = augmentations['random-erasing'].options.parse({ probability: 0 })
      expect(augmentations['random-erasing'].apply(image, random, never, image)).toBe(image)
      const whole = augmentations['random-resized-crop'].options.parse({
        area: [1, 1],
        aspect: [image.width / image.height, image.width / image.height],
      })
      expect(augmentations['random-resized-crop'].apply(image, random, whole, image)).toEqual(image)
      // Of a single colour, neither autocontrast nor equalize can make another image.
      const flat = { height, width, channels: 1 as const, data: new Uint8Array(height * width).fill(seed % 256) }
      expect(randAugment.apply(flat, random, { operations: 5, magnitude: 0 }, flat)).toEqual(flat)
    }),
  )
})

const drawing = (...numbers: number[]) => {
  const left = [...numbers]
  return () => left.shift() ?? Number.NaN
}

test('horizontal flip mirrors pixels, not channels', () => {
  const flip = augmentations['horizontal-flip']
  const image = { width: 2, height: 1, channels: 3 as const, data: Uint8Array.of(1, 2, 3, 4, 5, 6) }
  expect([...flip.apply(image, drawing(0.4), true, image).data]).toEqual([4, 5, 6, 1, 2, 3])
  expect(flip.apply(image, drawing(0.5), true, image)).toBe(image)
})

test('crop padding moves the cut-out: what it uncovers is black, or the image where the preprocessing crops', () => {
  const move = augmentations['crop-padding']
  const image = grey([1, 2, 3], [4, 5, 6])
  // One of −1, 0, 1 on each axis: the cut-out goes down and to the left.
  expect(rowsOf(move.apply(image, drawing(0.9, 0), 1, { height: 2, width: 3 }))).toEqual([
    [0, 4, 5],
    [0, 0, 0],
  ])
  expect(rowsOf(move.apply(image, drawing(0.5, 0.9), 1, { height: 2, width: 1 }))).toEqual([[3], [6]])
})

test('random resized crop: the part that was drawn, enlarged to the size of the model', () => {
  const crop = augmentations['random-resized-crop']
  const image = grey([1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16])
  // A quarter of 16 pixels, square: 2×2, and of 3 places on each axis the last down and the first across.
  const options = crop.options.parse({ area: [0.25, 0.25], aspect: [1, 1], kernel: 'nearest' })
  expect(rowsOf(crop.apply(image, drawing(0, 0, 0.9, 0), options, { height: 2, width: 4 }))).toEqual([
    [9, 9, 10, 10],
    [13, 13, 14, 14],
  ])
})

test('random resized crop of what no rectangle fits: the middle, as close to the ratio as it can be', () => {
  const crop = augmentations['random-resized-crop']
  const options = crop.options.parse({ area: [1, 1], aspect: [0.5, 2] })
  const wide = crop.apply(grey([1, 2, 3, 4, 5]), createRandom(1), options, { height: 1, width: 2 })
  const tall = crop.apply(grey([1], [2], [3], [4], [5]), createRandom(1), options, { height: 2, width: 1 })
  expect([[...wide.data], [...tall.data]]).toEqual([
    [2, 3],
    [2, 3],
  ])
})

test('colour jitter: factors from 1 − strength to 1 + strength, in the order drawn', () => {
  const jitter = augmentations['colour-jitter']
  const image = grey([100, 200])
  const options = { brightness: 0.5, contrast: 0.2, saturation: 0, hue: 0 }
  // Factors 1.5 and 1.2; the order of Fisher and Yates' draws of 0.999 is as listed: brightness, then contrast.
  // 150 and 300, kept at 255: mean 202.5, taken as 203. 203 + 1.2 · (150 − 203) = 139.4
  const [above, last] = [1, 0.999]
  expect([...jitter.apply(image, drawing(above, above, 0, 0, last, last, last), options, image).data]).toEqual([
    139, 255,
  ])
  // The least factors are 0.5 and 0.8: 50 and 100, of mean 75.
  expect([...jitter.apply(image, drawing(0, 0, 0, 0, last, last, last), options, image).data]).toEqual([55, 95])
  // 0 swaps each with the first: the order is 1, 2, 3, 0, contrast first. 150 ± 1.2 · 50 is 90 and 210; then · 1.5.
  expect([...jitter.apply(image, drawing(above, above, 0, 0, 0, 0, 0), options, image).data]).toEqual([135, 255])
})

test('RandAugment applies each of 14 operations as often, half of the time in the other direction', () => {
  const { apply } = augmentations['rand-augment']
  const image = grey(
    ...Array.from({ length: 20 }, (_, y) => Array.from({ length: 20 }, (_, x) => 20 + 19 * ((3 * x + 5 * y) % 11))),
  )
  const results = new Map<string, number>()
  for (let place = 0; place < 28; place++) {
    const result = apply(
      image,
      drawing((Math.floor(place / 2) + 0.5) / 14, place % 2 ? 0.25 : 0.75),
      { operations: 1, magnitude: 9 },
      image,
    )
    results.set(result.data.join(), (results.get(result.data.join()) ?? 0) + 1)
  }
  // Eight have two directions. Of the others, each gives one image twice, and saturation of grey is identity again.
  expect([...results.values()].sort()).toEqual([...Array(16).fill(1), ...Array(4).fill(2), 4])
})

test('random erasing: the rectangle that was drawn is black or noise, all else stays', () => {
  const erase = augmentations['random-erasing']
  const image = grey([1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16])
  const square = { probability: 0.5, area: [0.25, 0.25] as [number, number], aspect: [1, 1] as [number, number] }
  expect(rowsOf(erase.apply(image, drawing(0.4, 0, 0, 0.5, 0.9), { ...square, fill: 'black' }, image))).toEqual([
    [1, 2, 3, 4],
    [5, 6, 0, 0],
    [9, 10, 0, 0],
    [13, 14, 15, 16],
  ])
  const noise = drawing(0.4, 0, 0, 0, 0, 0.5, 0.25, 0.75, 0.999)
  expect(rowsOf(erase.apply(image, noise, { ...square, fill: 'noise' }, image)).slice(0, 2)).toEqual([
    [128, 64, 3, 4],
    [192, 255, 7, 8],
  ])
  expect(erase.apply(image, drawing(0.5), { ...square, fill: 'noise' }, image)).toBe(image)
})

const anyBatch: fc.Arbitrary<{ batch: ImageBatch; partners: Uint32Array }> = fc
  .record({
    count: fc.integer({ min: 1, max: 5 }),
    channels: fc.constantFrom(1, 3),
    height: length,
    width: length,
    layout: fc.constantFrom('NCHW' as const, 'NHWC' as const),
  })
  .chain(shape =>
    fc.record({
      batch: fc.constant({
        ...shape,
        // All different, and such that an element tells where it comes from.
        elements: Float32Array.from(
          { length: shape.count * shape.channels * shape.height * shape.width },
          (_, place) => place,
        ),
      }),
      partners: fc
        .shuffledSubarray([...Array(shape.count).keys()], { minLength: shape.count })
        .map(places => Uint32Array.from(places)),
    }),
  )

test.each(ofBatches)('%s: the same numbers make the same mixture, and do not touch the given batch', (id, unit) => {
  expect(unit.id).toBe(id)
  fc.assert(
    fc.property(anyBatch, fc.nat(), ({ batch, partners }, seed) => {
      const before = batch.elements.slice()
      const result = unit.apply(batch, partners, createRandom(seed), optionsOf(unit))
      expect(unit.apply(batch, partners, createRandom(seed), optionsOf(unit))).toEqual(result)
      expect(batch.elements).toEqual(before)
      expect(result.share).toBeGreaterThanOrEqual(0)
      expect(result.share).toBeLessThanOrEqual(1)
    }),
  )
})

test('mixup: every element is the weighted mean of the two at its place', () => {
  fc.assert(
    fc.property(anyBatch, fc.nat(), ({ batch, partners }, seed) => {
      const { mixup } = augmentations
      const { elements, share } = mixup.apply(batch, partners, createRandom(seed), mixup.options.parse({ alpha: 1 }))
      const length = batch.elements.length / batch.count
      const expected = Float32Array.from(batch.elements, (own, at) => {
        const other = batch.elements[(partners[Math.floor(at / length)] ?? 0) * length + (at % length)] ?? Number.NaN
        return share * own + (1 - share) * other
      })
      expect(elements).toEqual(expected)
    }),
  )
})

test('cutmix: one rectangle of every image is the partner’s, and the share is the area that is not', () => {
  const { cutmix } = augmentations
  const cuts = new Set<number>()
  fc.assert(
    fc.property(anyBatch, fc.nat(), ({ batch }, seed) => {
      const { count, channels, height, width, layout } = batch
      if (count === 1) return
      // Nobody is its own partner, so that every element tells whose it is.
      const partners = Uint32Array.from({ length: count }, (_, image) => (image + 1) % count)
      const { elements, share } = cutmix.apply(batch, partners, createRandom(seed), cutmix.options.parse({}))
      const at = (image: number, channel: number, y: number, x: number) =>
        layout === 'NCHW'
          ? ((image * channels + channel) * height + y) * width + x
          : ((image * height + y) * width + x) * channels + channel
      const [rows, columns] = [new Set<number>(), new Set<number>()]
      let cut = 0
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const isForeign = elements[at(0, 0, y, x)] !== batch.elements[at(0, 0, y, x)]
          for (let image = 0; image < count; image++)
            for (let channel = 0; channel < channels; channel++)
              expect(elements[at(image, channel, y, x)]).toBe(
                batch.elements[at(isForeign ? (partners[image] ?? 0) : image, channel, y, x)],
              )
          if (!isForeign) continue
          cut++
          rows.add(y)
          columns.add(x)
        }
      // All rows with something foreign have it in the same columns.
      expect(cut).toBe(rows.size * columns.size)
      expect(share).toBe(1 - cut / (height * width))
      cuts.add(cut)
    }),
  )
  expect(cuts.size).toBeGreaterThan(5)
})

test('cutmix cuts √(1 − share) of each side about a random centre, as far as it lies in the image', () => {
  const { cutmix } = augmentations
  const batch: ImageBatch = {
    count: 2,
    channels: 1,
    height: 4,
    width: 4,
    layout: 'NCHW',
    elements: Float32Array.from({ length: 32 }, (_, place) => Math.floor(place / 16)),
  }
  // 0.24 and 0 draw a share of 0.745: just above half of each side, 2 pixels, from one before row 2 and column 0.
  const random = drawing(0.24, 0, 0.5, 0)
  const { elements, share } = cutmix.apply(batch, Uint32Array.of(1, 0), random, { alpha: 1, probability: 1 })
  expect([...elements.subarray(0, 16)]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
  expect(share).toBe(14 / 16)
})
