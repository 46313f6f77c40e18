/** A small valid file that is mutated. */
export interface Seed {
  readonly name: string
  readonly bytes: Uint8Array
}
