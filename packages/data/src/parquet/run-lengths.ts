/**
 * Decodes Parquet's hybrid of run-length and bit-packed runs (Parquet format, "Encodings", RLE) into `count` numbers.
 * @param width bits of a number, 0 to 32
 * @throws RangeError when the bytes end early, or a run is longer than what is left
 */
export function readRunLengths(bytes: Uint8Array, width: number, count: number): Uint32Array {
  const values = new Uint32Array(count)
  if (width === 0) return values
  if (width > 32) throw new RangeError(`numbers of ${width} bits`)
  let at = 0
  let seen = 0
  const byte = (): number => {
    const value = bytes[at++]
    if (value === undefined) throw new RangeError('a page ends early')
    return value
  }
  const varint = (): number => {
    let [value, scale] = [0, 1]
    for (let index = 0; index < 5; index++) {
      const next = byte()
      value += (next & 0x7f) * scale
      if (next < 0x80) return value
      scale *= 128
    }
    throw new RangeError('a run is too long')
  }
  while (seen < count) {
    const header = varint()
    const length = Math.floor(header / 2)
    if (length === 0) throw new RangeError('a run is empty')
    if (header % 2 === 0) {
      if (length > count - seen) throw new RangeError('a run is longer than its page')
      let value = 0
      for (let shift = 0; shift < width; shift += 8) value += byte() * 2 ** shift
      values.fill(value, seen, seen + length)
      seen += length
    } else {
      // Groups of eight; the last one is filled up.
      const end = Math.min(count, seen + 8 * length)
      const start = at
      let [held, bits] = [0, 0]
      for (; seen < end; seen++) {
        while (bits < width) {
          held += byte() * 2 ** bits
          bits += 8
        }
        const scale = 2 ** width
        values[seen] = held % scale
        held = Math.floor(held / scale)
        bits -= width
      }
      at = start + length * width
    }
  }
  return values
}
