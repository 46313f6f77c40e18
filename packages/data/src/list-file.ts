import { extname } from 'node:path'
import { DataError } from '@pare/core-graph'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import { readWholeFile } from './file-error.ts'

/** A line of a list: an image's path and, where it has one, its label as it is written. */
export interface ListEntry {
  readonly path: string
  readonly label: string | undefined
  /** `line 3` of a CSV file, `entry 2` of a JSON file. */
  readonly where: string
}

/**
 * Reads a CSV file (`path,label`; a header that names these columns is optional, and may name others, which are not
 * used) or a JSON file (`[{ "path": …, "label": … }]` or `["path", …]`).
 * @throws DataError `DATA_FILE`, `DATA_LIST`
 */
export async function readList(path: string): Promise<ListEntry[]> {
  const text = (await readWholeFile(path)).toString('utf8')
  const entries = extname(path).toLowerCase() === '.json' ? parseJson(path, text) : parseCsv(path, text)
  for (const entry of entries) if (entry.path === '') throw malformed(path, `${entry.where} has no path`)
  return entries
}

const jsonSchema = z.array(
  z.union([z.string(), z.strictObject({ path: z.string(), label: z.union([z.string(), z.number()]).optional() })]),
)

function parseJson(path: string, text: string): ListEntry[] {
  const { data, error } = jsonSchema.safeParse(jsonOf(path, text))
  if (error) throw malformed(path, wrongEntry(error))
  return data.map((item, index) => {
    const { path, label } = typeof item === 'string' ? { path: item } : item
    return { path, label: label?.toString(), where: `entry ${index}` }
  })
}

/** What is wrong with the first entry that is no entry. */
function wrongEntry({ issues: [issue] }: z.ZodError): string {
  const [index] = issue?.path ?? []
  return index === undefined
    ? 'it holds no list'
    : `entry ${String(index)} is neither a path nor an object of path and label`
}

function jsonOf(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw malformed(path, cause instanceof Error ? cause.message : String(cause))
  }
}

const rowSchema = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }))

function parseCsv(path: string, text: string): ListEntry[] {
  const rows = csvRows(path, text)
  const header = rows[0]?.record.map(cell => cell.toLowerCase())
  const hasHeader = header?.includes('path') ?? false
  const pathColumn = hasHeader && header ? header.indexOf('path') : 0
  const labelColumn = hasHeader && header ? header.indexOf('label') : 1
  return rows.slice(hasHeader ? 1 : 0).map(({ record, info }) => {
    const where = `line ${info.lines}`
    if (!hasHeader && record.length > 2)
      throw malformed(path, `${where} has ${record.length} columns, and no header says which are path and label`)
    return { path: record[pathColumn] ?? '', label: record[labelColumn], where }
  })
}

function csvRows(path: string, text: string) {
  try {
    return rowSchema.parse(parse(text, { bom: true, trim: true, info: true, skipEmptyLines: true }))
  } catch (cause) {
    throw malformed(path, cause instanceof Error ? cause.message : String(cause))
  }
}

const malformed = (path: string, problem: string) =>
  new DataError({
    code: 'DATA_LIST',
    message: `${path} is no list of images: ${problem}.`,
    hint: 'Write one image a line, `path,label`, or JSON: [{ "path": "a.png", "label": 0 }].',
  })
