/** Frees an array's memory without waiting for the garbage collector. Nobody may read it any more. */
export function giveBack({ buffer }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}
