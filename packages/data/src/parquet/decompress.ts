import type { CompressionCodec } from 'hyparquet'
import { compressors, decompressZstd } from 'hyparquet-compressors'

/** How many bytes one compressed byte can become, at most: what claims more is broken. */
const ratios: Partial<Readonly<Record<CompressionCodec, number>>> = {
  SNAPPY: 64,
  GZIP: 1032,
  LZ4: 255,
  LZ4_RAW: 255,
  // A block of 3 bytes repeats a byte up to 128 KiB.
  ZSTD: 65_536,
  BROTLI: 65_536,
}

const pageLimit = 2 ** 29

/**
 * A page as it was before it was compressed.
 * @throws RangeError for sizes that cannot be; whatever the codec throws for broken bytes
 */
export function decompress(bytes: Uint8Array, codec: CompressionCodec, size: number): Uint8Array {
  if (codec === 'UNCOMPRESSED') return bytes
  const decompressor = compressors[codec]
  const ratio = ratios[codec]
  if (!decompressor || ratio === undefined) throw new RangeError(`the compression ${codec} is not supported`)
  if (!(size >= 0) || size > pageLimit || size > bytes.length * ratio + 64)
    throw new RangeError(`a page of ${bytes.length} bytes declares ${size} uncompressed ones`)
  if (size === 0) return new Uint8Array()
  const page = codec === 'ZSTD' ? decompressZstd(bytes, new Uint8Array(size)) : decompressor(bytes, size)
  if (page.length !== size) throw new RangeError(`a page of ${size} bytes decompresses to ${page.length}`)
  return page
}
