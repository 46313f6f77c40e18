/** A protobuf field as it stands in a file: messages that the fuzzer knows of are opened, all else is bytes. */
export interface Field {
  readonly number: number
  readonly value: bigint | Uint8Array | readonly Field[] | Fixed
}

/** A value of fixed width: 4 or 8 bytes. */
interface Fixed {
  readonly fixed: Uint8Array
}

/** Which fields of an ONNX message are messages (onnx.proto), and what they hold. */
const messages: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  Model: { 7: 'Graph', 8: 'Pair', 14: 'Pair', 25: 'Function' },
  Graph: {
    1: 'Node',
    5: 'Tensor',
    11: 'ValueInfo',
    12: 'ValueInfo',
    13: 'ValueInfo',
    14: 'Annotation',
    15: 'SparseTensor',
  },
  Node: { 5: 'Attribute' },
  Attribute: { 5: 'Tensor', 6: 'Graph', 10: 'Tensor', 11: 'Graph', 14: 'Type', 22: 'SparseTensor' },
  Tensor: { 3: 'Pair', 13: 'Pair' },
  SparseTensor: { 1: 'Tensor', 2: 'Tensor' },
  ValueInfo: { 2: 'Type' },
  Type: { 1: 'TensorType', 4: 'Element' },
  Element: { 1: 'Type' },
  TensorType: { 2: 'Shape' },
  Shape: { 1: 'Pair' },
  Annotation: { 2: 'Pair' },
  Function: { 7: 'Node', 9: 'Pair', 11: 'Attribute', 12: 'ValueInfo' },
  Pair: {},
}

/** The fields of an ONNX model. It must be well-formed. */
export const parseFields = (bytes: Uint8Array, message = 'Model'): readonly Field[] => {
  const fields: Field[] = []
  let at = 0
  const varint = () => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] ?? 0
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const take = (count: number) => {
    at += count
    return bytes.subarray(at - count, at)
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const number = tag >>> 3
    const wireType = tag & 7
    if (wireType === 0) fields.push({ number, value: varint() })
    else if (wireType !== 2) fields.push({ number, value: { fixed: take(wireType === 1 ? 8 : 4) } })
    else {
      const content = take(Number(varint()))
      const inner = messages[message]?.[number]
      fields.push({ number, value: inner === undefined ? content : parseFields(content, inner) })
    }
  }
  return fields
}

/** The bytes of fields; nested ones are measured first, so that deep nesting copies nothing twice. */
export function fieldBytes(fields: readonly Field[]): Uint8Array {
  const pieces: Uint8Array[] = []
  writeBackwards(fields, pieces)
  return new Uint8Array(Buffer.concat(pieces.reverse()))
}

type Open = { readonly fields: readonly Field[]; next: number; readonly end: number; readonly number: number }

/** From the last field to the first, so that a message's length is known when its tag is written; without recursion. */
function writeBackwards(fields: readonly Field[], pieces: Uint8Array[]): void {
  let size = 0
  const put = (bytes: Uint8Array) => {
    pieces.push(bytes)
    size += bytes.length
  }
  const open: Open[] = [{ fields, next: fields.length - 1, end: 0, number: -1 }]
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const field = top.fields[top.next--]
    if (!field) {
      open.pop()
      if (top.number < 0) continue
      put(varintBytes(BigInt(size - top.end)))
      put(tagBytes(top.number, 2))
    } else if (typeof field.value === 'bigint') {
      put(varintBytes(field.value))
      put(tagBytes(field.number, 0))
    } else if (field.value instanceof Uint8Array) {
      put(field.value)
      put(varintBytes(BigInt(field.value.length)))
      put(tagBytes(field.number, 2))
    } else if ('fixed' in field.value) {
      put(field.value.fixed)
      put(tagBytes(field.number, field.value.fixed.length === 8 ? 1 : 5))
    } else open.push({ fields: field.value, next: field.value.length - 1, end: size, number: field.number })
  }
}

const tagBytes = (number: number, wireType: number) => varintBytes(BigInt(number * 8 + wireType))

export function varintBytes(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  return Uint8Array.from([...bytes, Number(rest)])
}

export const isMessage = (field: Field): field is Field & { readonly value: readonly Field[] } =>
  Array.isArray(field.value)
