/** Types of Thrift's compact protocol that Parquet uses. */
const [byteType, shortType, longType, doubleType, binaryType, listType, structType] = [3, 4, 6, 7, 8, 9, 12]
const depthLimit = 32

/**
 * Walks a struct of Thrift's compact protocol without keeping anything of it, so that a parser may then trust its
 * lengths: numbers are of at most 10 bytes, lists and strings no longer than what is left, and structs not too deep.
 * @param offset where the struct starts
 * @returns where it ends
 * @throws RangeError when it is none
 */
export function checkThrift(bytes: Uint8Array, offset: number): number {
  let at = offset
  const byte = (): number => {
    const value = bytes[at++]
    if (value === undefined) throw new RangeError('it ends within a header')
    return value
  }
  const varint = (): number => {
    let [value, scale] = [0, 1]
    for (let count = 0; count < 10; count++) {
      const next = byte()
      value += (next & 0x7f) * scale
      if (next < 0x80) return value
      scale *= 128
    }
    throw new RangeError('a number in a header is too long')
  }
  const within = (length: number): number => {
    if (length > bytes.length - at) throw new RangeError('a length in a header is beyond the end of the file')
    return length
  }
  const skip = (length: number): void => {
    at += within(length)
  }
  const element = (type: number, depth: number): void => {
    if (type <= 2) return
    if (type === byteType) byte()
    else if (type >= shortType && type <= longType) varint()
    else if (type === doubleType) skip(8)
    else if (type === binaryType) skip(varint())
    else if (type === listType) {
      const head = byte()
      const count = within(head >> 4 === 15 ? varint() : head >> 4)
      const elementType = head & 0x0f
      // A truth value takes a byte in a list, and none as a field.
      for (let index = 0; index < count; index++) element(elementType <= 2 ? byteType : elementType, depth)
    } else if (type === structType) struct(depth + 1)
    else throw new RangeError('a header holds an unknown type')
  }
  const struct = (depth: number): void => {
    if (depth > depthLimit) throw new RangeError('a header is nested too deep')
    for (;;) {
      const head = byte()
      if ((head & 0x0f) === 0) return
      if (head >> 4 === 0) varint()
      element(head & 0x0f, depth)
    }
  }
  struct(0)
  return at
}
