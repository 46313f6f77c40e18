import { ModelError, type Value } from '@pare/core-graph'

/** How one axis is resized. */
export interface AxisResize {
  readonly size: number
  readonly resized: number
  readonly scale: number
  /** The part of the axis that is taken, as shares of it (`roi`). */
  readonly start?: number | undefined
  readonly end?: number | undefined
}

export interface ResizeAttributes {
  readonly antialias: number
  readonly coordinate_transformation_mode: string
  readonly mode: string
  readonly nearest_mode: string
}

/**
 * The weights `[resized, size]` by which elements along an axis are mixed (ONNX Resize). Coordinates are rounded to
 * float32 as a runtime rounds them, since nearest asks which side of a half they lie on.
 * @throws ModelError `MODEL_GRADIENT` for cubic interpolation and antialiasing
 */
export function interpolation(
  axis: AxisResize,
  attributes: ResizeAttributes,
  X: Value,
): readonly (readonly number[])[] {
  const { mode, antialias, nearest_mode, coordinate_transformation_mode: coordinates } = attributes
  if (antialias || (mode !== 'nearest' && mode !== 'linear'))
    throw new ModelError({
      code: 'MODEL_GRADIENT',
      message: `${X.name} is resized by ${mode} interpolation${antialias ? ' with antialiasing' : ''}, which has no gradient.`,
      hint: 'Resize by nearest or linear, or freeze what comes before.',
    })
  const { size, resized } = axis
  return Array.from({ length: resized }, (_, place) => {
    const row = Array<number>(size).fill(0)
    const at = coordinateOf(coordinates, place, axis)
    // Outside there is extrapolation_value, which does not depend on the input.
    if (coordinates === 'tf_crop_and_resize' && (at < 0 || at > size - 1)) return row
    if (mode === 'nearest') {
      row[Math.min(size - 1, Math.max(0, nearestOf(nearest_mode, at)))] = 1
      return row
    }
    const inside = Math.min(size - 1, Math.max(0, at))
    const below = Math.floor(inside)
    const share = Math.fround(inside - below)
    row[below] = 1 - share
    if (share > 0) row[below + 1] = share
    return row
  })
}

const f = Math.fround

/** Where in the input an element of the output lies (ONNX Resize, `coordinate_transformation_mode`). */
function coordinateOf(mode: string, place: number, { size, resized, scale, start = 0, end = 1 }: AxisResize): number {
  const half = f(f(f(place + 0.5) / scale) - 0.5)
  if (mode === 'asymmetric') return f(place / scale)
  if (mode === 'align_corners') return resized === 1 ? 0 : f(f(place * (size - 1)) / f(resized - 1))
  if (mode === 'pytorch_half_pixel') return resized > 1 ? half : 0
  if (mode === 'tf_crop_and_resize')
    return resized > 1
      ? f(f(start * (size - 1)) + f(f(place * f(end - start) * (size - 1)) / (resized - 1)))
      : f(0.5 * f(start + end) * (size - 1))
  if (mode !== 'half_pixel_symmetric') return half
  const adjustment = f(resized / f(scale * size))
  return f(f(f(size / 2) * f(1 - adjustment)) + half)
}

function nearestOf(mode: string, at: number): number {
  if (mode === 'floor') return Math.floor(at)
  if (mode === 'ceil') return Math.ceil(at)
  if (mode === 'round_prefer_ceil') return Math.floor(at + 0.5)
  return Math.ceil(at - 0.5)
}
