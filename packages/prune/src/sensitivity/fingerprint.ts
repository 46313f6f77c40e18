import { type Graph, tensorBytes } from '@pare/core-graph'

/**
 * Tells a model from others by its nodes and weights: 64 bits as 16 hexadecimal digits. Not for secrets. Two lanes of
 * MurmurHash3's mixing (Austin Appleby, public domain), since JavaScript everywhere has no hash without waiting.
 */
export function fingerprintOf({ nodes, initializers }: Graph): string {
  const hash = createHash()
  const text = new TextEncoder()
  for (const { op, domain, inputs, outputs } of nodes)
    hash.add(text.encode(JSON.stringify([op, domain, inputs, outputs])))
  for (const [name, tensor] of initializers) {
    hash.add(text.encode(`${name} ${tensor.dataType} ${tensor.dims}`))
    hash.add(tensorBytes(tensor))
  }
  return hash.digest()
}

function createHash() {
  let [a, b] = [0x9747b28c, 0x1b873593]
  const mix = (word: number) => {
    const scrambled = rotated(Math.imul(word, 0xcc9e2d51), 15)
    a = Math.imul(rotated(a ^ Math.imul(scrambled, 0x1b873593), 13), 5) + 0xe6546b64
    b = Math.imul(rotated(b ^ Math.imul(scrambled, 0x85ebca6b), 17), 9) + 0x38495ab5
  }
  return {
    add: (bytes: Uint8Array) => {
      const whole = bytes.byteLength & ~3
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      for (let place = 0; place < whole; place += 4) mix(view.getInt32(place, true))
      for (let place = whole; place < bytes.byteLength; place++) mix(bytes[place] ?? 0)
      mix(bytes.byteLength)
    },
    digest: () => [finished(a), finished(b)].map(lane => lane.toString(16).padStart(8, '0')).join(''),
  }
}

const rotated = (word: number, by: number) => (word << by) | (word >>> (32 - by))

function finished(lane: number): number {
  let word = lane ^ (lane >>> 16)
  word = Math.imul(word, 0x85ebca6b)
  word ^= word >>> 13
  word = Math.imul(word, 0xc2b2ae35)
  return (word ^ (word >>> 16)) >>> 0
}
