/** What is told from all else: texts, and bytes. */
export type Digested = string | Uint8Array

/** SHA-256 of the lines of each text and of the SHA-256 of each run of bytes: Web Crypto takes no data in pieces. Hexadecimal. */
export async function digestOf(pieces: Iterable<Digested> | AsyncIterable<Digested>): Promise<string> {
  const lines: string[] = []
  for await (const piece of pieces) lines.push(typeof piece === 'string' ? piece : await hashOf(piece))
  return hashOf(new TextEncoder().encode(lines.join('\n')))
}

async function hashOf(bytes: Uint8Array): Promise<string> {
  // Memory that threads share is not taken.
  const own = bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes)
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', own))
  return Array.from(hash, byte => byte.toString(16).padStart(2, '0')).join('')
}
