import { type Content, type Html, html } from './html.ts'
import { missing, numberColumn, table, textColumn } from './table.ts'

const mostRows = 200
const mostLevels = 4

/** Any JSON data, readable: objects as lists of terms, lists of objects as tables. For what has no section of its own. */
export function jsonView(data: unknown, caption: string, level = 0): Content {
  if (!isObject(data)) return scalar(data)
  if (level >= mostLevels) return html`<code>${asJson(data)}</code>`
  if (!Array.isArray(data))
    return level > 0 && !Object.values(data).some(isObject) ? inline(data) : termsView(data, caption, level)
  const items: readonly unknown[] = data
  if (items.length === 0) return 'none'
  if (!items.some(isObject)) return items.slice(0, mostRows).map(scalar).join(', ') + leftOut(items)
  return [tableView(items.slice(0, mostRows), caption, level), leftOut(items)]
}

function asJson(data: object): string {
  try {
    return JSON.stringify(data).slice(0, 500)
  } catch {
    // The stack ends before the data does.
    return 'nested too deep to be shown'
  }
}

/** `perChannel` as `per channel`. */
export const words = (key: string): string => key.replace(/([a-z\d])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`)

function termsView(data: object, caption: string, level: number): Content {
  const entries = Object.entries(data).filter(([, value]) => value !== undefined)
  if (entries.length === 0) return 'none'
  return html`<dl>${entries.map(
    ([key, value]) =>
      html`<div><dt>${words(key)}</dt><dd>${jsonView(value, `${caption}: ${words(key)}`, level + 1)}</dd></div>`,
  )}</dl>`
}

/** `data type uint8, symmetric no` */
const inline = (data: object) =>
  Object.entries(data)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${words(key)} ${scalar(value)}`)
    .join(', ') || 'none'

function tableView(items: readonly unknown[], caption: string, level: number): Html {
  const rows = items.map(flat)
  const keys = [...new Set(rows.flatMap(row => [...row.keys()]))]
  const columns = keys.map(key =>
    rows.every(row => typeof (row.get(key) ?? 0) === 'number') ? numberColumn(words(key)) : textColumn(words(key)),
  )
  return table(
    caption,
    columns,
    rows.map(row => keys.map(key => jsonView(row.get(key), `${caption}: ${words(key)}`, level + 1))),
  )
}

/** A row of a table: what is nested one level deep stands in columns of its own. */
function flat(item: unknown): ReadonlyMap<string, unknown> {
  if (!isObject(item) || Array.isArray(item)) return new Map([['', item]])
  return new Map(
    Object.entries(item).flatMap(([key, value]): [string, unknown][] =>
      isObject(value) && !Array.isArray(value)
        ? Object.entries(value).map(([inner, nested]) => [`${key} ${inner}`, nested])
        : [[key, value]],
    ),
  )
}

const isObject = (data: unknown): data is object => typeof data === 'object' && data !== null

function scalar(data: unknown): string {
  if (data === undefined || data === null) return missing
  if (typeof data === 'boolean') return data ? 'yes' : 'no'
  if (typeof data !== 'number') return String(data)
  return Number.isInteger(data) ? data.toLocaleString('en') : String(Number(data.toPrecision(6)))
}

const leftOut = (items: readonly unknown[]) =>
  items.length > mostRows ? ` … and ${(items.length - mostRows).toLocaleString('en')} more in result.json` : ''
