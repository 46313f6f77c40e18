import { type Draw, strangeNumbers } from './draw.ts'
import { varintBytes } from './protobuf-tree.ts'

type Change = (bytes: Uint8Array, draw: Draw, other: Uint8Array) => Uint8Array

const splice = (bytes: Uint8Array, from: number, to: number, inserted: Uint8Array): Uint8Array =>
  Buffer.concat([bytes.subarray(0, from), inserted, bytes.subarray(to)])

/** A place and a length that fit into the bytes; short stretches are likelier. */
function stretch(bytes: Uint8Array, draw: Draw): readonly [number, number] {
  const from = draw.below(bytes.length + 1)
  const longest = Math.min(bytes.length - from, 2 ** draw.below(9))
  return [from, from + draw.below(longest + 1)]
}

const numberBytes: readonly ((value: bigint) => Uint8Array)[] = [
  varintBytes,
  value => Uint8Array.of(Number(BigInt.asUintN(8, value))),
  ...[true, false].flatMap(littleEndian => [
    (value: bigint) => {
      const view = new DataView(new ArrayBuffer(2))
      view.setUint16(0, Number(BigInt.asUintN(16, value)), littleEndian)
      return new Uint8Array(view.buffer)
    },
    (value: bigint) => {
      const view = new DataView(new ArrayBuffer(4))
      view.setUint32(0, Number(BigInt.asUintN(32, value)), littleEndian)
      return new Uint8Array(view.buffer)
    },
    (value: bigint) => {
      const view = new DataView(new ArrayBuffer(8))
      view.setBigUint64(0, BigInt.asUintN(64, value), littleEndian)
      return new Uint8Array(view.buffer)
    },
  ]),
]

const changes: readonly Change[] = [
  function flipBit(bytes, draw) {
    const changed = Uint8Array.from(bytes)
    const at = draw.below(bytes.length)
    changed[at] = (changed[at] ?? 0) ^ (1 << draw.below(8))
    return changed
  },
  function setByte(bytes, draw) {
    const changed = Uint8Array.from(bytes)
    changed[draw.below(bytes.length)] = draw.pick([0, 1, 0x7f, 0x80, 0xff, draw.below(256)])
    return changed
  },
  function insertBytes(bytes, draw) {
    const at = draw.below(bytes.length + 1)
    const count = 1 + draw.below(2 ** draw.below(7))
    return splice(
      bytes,
      at,
      at,
      Uint8Array.from({ length: count }, () => draw.below(256)),
    )
  },
  function deleteBytes(bytes, draw) {
    const [from, to] = stretch(bytes, draw)
    return splice(bytes, from, to, new Uint8Array())
  },
  function repeatBytes(bytes, draw) {
    const [from, to] = stretch(bytes, draw)
    const piece = bytes.subarray(from, to)
    const times = draw.oneIn(20) ? 100 : 1 + draw.below(3)
    return splice(bytes, to, to, Buffer.concat(Array<Uint8Array>(times).fill(piece)))
  },
  function cutOff(bytes, draw) {
    return bytes.subarray(0, draw.below(bytes.length))
  },
  function writeStrangeNumber(bytes, draw) {
    const number = draw.pick(numberBytes)(draw.pick(strangeNumbers))
    const at = draw.below(bytes.length + 1)
    return splice(bytes, at, draw.oneIn(4) ? at : Math.min(bytes.length, at + number.length), number)
  },
  function pasteFromOther(bytes, draw, other) {
    const [from, to] = stretch(bytes, draw)
    const [otherFrom, otherTo] = stretch(other, draw)
    return splice(bytes, from, to, other.subarray(otherFrom, otherTo))
  },
  function goOnAsOther(bytes, draw, other) {
    return Buffer.concat([bytes.subarray(0, draw.below(bytes.length)), other.subarray(draw.below(other.length))])
  },
]

/** Some changes that know nothing of the format, most often one. @param other a file to splice in */
export function mutateBytes(bytes: Uint8Array, draw: Draw, other: Uint8Array): Uint8Array {
  let changed = bytes
  for (let left = draw.oneIn(2) ? 1 : 1 + draw.below(6); left > 0 && changed.length > 0; left--)
    changed = draw.pick(changes)(changed, draw, other)
  return changed
}
