import Table from 'cli-table3'

/** `3.31 MB`: decimal units, three digits. */
export const bytesText = (bytes: number): string => scaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB'])

/** `21.7 M`: decimal units, three digits. */
export const countText = (count: number): string => scaled(count, ['', 'k', 'M', 'G', 'T']).trim()

function scaled(value: number, units: readonly string[]): string {
  const step = Math.min(units.length - 1, value < 1000 ? 0 : Math.floor(Math.log10(value) / 3))
  const shown = value / 1000 ** step
  return `${step === 0 ? shown : shown.toPrecision(3)} ${units[step]}`
}

export const percentText = (share: number): string => `${(100 * share).toFixed(2)} %`

export const millisecondsText = (milliseconds: number): string => `${milliseconds.toPrecision(3)} ms`

/** `−71.9 %`, `+3.0 %`; a dash where there is nothing to compare. */
export const changeText = (before: number, after: number): string =>
  before === 0 ? '–' : signed((100 * (after - before)) / before, 1, ' %')

export const signed = (value: number, digits: number, unit: string): string =>
  `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}${unit}`

export const durationText = (seconds: number): string =>
  seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`

/** A table without vertical rules; columns after the first are right-aligned. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const none = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  }
  const table = new Table({
    head: [...head],
    chars: none,
    colAligns: head.map((_, index) => (index === 0 ? 'left' : 'right')),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
  table.push(...rows.map(row => [...row]))
  return `${table.toString()}\n`
}
