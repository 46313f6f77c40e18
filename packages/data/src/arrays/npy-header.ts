import { byteLength, DataError, type DataType } from '@pare/core-graph'
import type { ByteSource } from '../byte-source.ts'

/** What the header of an .npy file says. */
export interface NpyHeader {
  readonly dataType: DataType
  readonly isBigEndian: boolean
  /** Whether the first axis is the one that varies fastest. */
  readonly isFortranOrder: boolean
  readonly dims: readonly number[]
  /** Where the elements start. */
  readonly offset: number
}

const magic = '\x93NUMPY'
/** NumPy itself reads no longer headers unless it is told that the file is to be trusted (`max_header_size`). */
const headerLimit = 10_000

const types: Readonly<Record<string, DataType>> = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
}

/**
 * Reads the header of an array in NumPy's format, version 1 to 3 (NEP 1; numpy.lib.format): the magic string, the
 * version, the header's length, and a Python dictionary. Its length, the shape and the size of the file must agree.
 * @param name how errors speak of the array
 * @throws DataError `DATA_NPY`, `DATA_NPY_SIZE`, `DATA_EMPTY`
 */
export function readNpyHeader(name: string, source: ByteSource): NpyHeader {
  const start = read(source, 0, 12)
  if (start.toString('latin1', 0, 6) !== magic)
    throw malformed(name, 'it does not start with the magic string of NumPy', 'Save it by np.save.')
  const [major = 0, minor = 0] = start.subarray(6, 8)
  if (major < 1 || major > 3 || minor !== 0)
    throw malformed(name, `its format version is ${major}.${minor}`, 'Versions 1.0 to 3.0 are read: save it again.')
  const headerStart = major === 1 ? 10 : 12
  const length = start.length < headerStart ? source.size : start.readUIntLE(8, headerStart - 8)
  if (headerStart + length > source.size) throw malformed(name, 'it ends within its header', cutOff)
  if (length > headerLimit)
    throw malformed(name, `its header of ${length} bytes is longer than ${headerLimit}`, 'Save it again by np.save.')
  const text = read(source, headerStart, length).toString()
  const header = { ...described(name, text), offset: headerStart + length }
  checkSize(name, header, source.size)
  return header
}

/** The bytes from `offset` on, fewer where the file ends. */
function read(source: ByteSource, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(Math.min(length, source.size - offset))
  source.readInto(bytes, offset)
  return bytes
}

function described(name: string, text: string): Omit<NpyHeader, 'offset'> {
  const descr = /'descr':\s*(?:'([^']*)'|(\[))/.exec(text)
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1]
  const shape = /'shape':\s*\(([\d\s,]*)\)/.exec(text)?.[1]
  if (!descr || order === undefined || shape === undefined)
    throw malformed(name, 'its header does not name descr, fortran_order and shape', cutOff)
  if (descr[2])
    throw malformed(name, 'it is a structured array', 'Save each of its fields as an array of its own: np.save.')
  const [, byteOrder = '', code = ''] = /^([<>|=]?)(.+)$/.exec(descr[1] ?? '') ?? []
  if (code.startsWith('O'))
    throw malformed(
      name,
      'it holds pickled Python objects, which are programs and never run here',
      'Save an array of numbers: np.asarray(x, dtype=np.float32), with samples of one shape.',
    )
  const dataType = Object.hasOwn(types, code) ? types[code] : undefined
  if (!dataType)
    throw malformed(
      name,
      `its elements are of the type ${descr[1]}`,
      'Elements are bool, integers or floats of up to 64 bits: convert it by astype.',
    )
  const dims = shape
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
    .map(Number)
  return { dataType, isBigEndian: byteOrder === '>', isFortranOrder: order === 'True' && dims.length > 1, dims }
}

function checkSize(name: string, { dims, dataType, offset }: NpyHeader, size: number): void {
  const count = dims.reduce((product, dim) => product * dim, 1)
  const shape = `[${dims.join(', ')}]`
  if (dims.length === 0)
    throw malformed(name, 'it is a single number', 'The first axis counts the samples: save an array of them.')
  if (offset + byteLength(dataType, count) !== size)
    throw new DataError({
      code: 'DATA_NPY_SIZE',
      message: `${name} declares ${dataType} ${shape}, which takes ${offset + byteLength(dataType, count)} bytes with its header, but ${size} are there.`,
      hint: cutOff,
    })
  if (count === 0)
    throw new DataError({
      code: 'DATA_EMPTY',
      message: `${name} has no elements: its shape is ${shape}.`,
      hint: 'The first axis counts the samples; no axis may be empty.',
    })
}

const cutOff = 'The file may be cut off or damaged: save or fetch it again.'

const malformed = (name: string, problem: string, hint: string) =>
  new DataError({ code: 'DATA_NPY', message: `${name} cannot be read as a NumPy array: ${problem}.`, hint })
