// How figures are put into words: the same in the command, in a report and in an app.

/** `3.31 MB`: decimal units, three digits. */
export const bytesText = (bytes: number): string => scaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB'])

/** `21.7 M`: decimal units, three digits. */
export const countText = (count: number): string => scaled(count, ['', 'k', 'M', 'G', 'T']).trim()

function scaled(value: number, units: readonly string[]): string {
  if (value < 1000) return `${value} ${units[0]}`
  // Rounded before the unit is chosen: 999,999 is 1.00 M, not 1000 k.
  const rounded = Number(value.toPrecision(3))
  const step = Math.min(units.length - 1, Math.floor(Math.log10(rounded) / 3))
  return `${digits(rounded / 1000 ** step, 3)} ${units[step]}`
}

/** With so many significant digits; as a power of ten (`4.006e16`) only above 10¹², as of a training that diverges. */
export const digits = (value: number, count: number): string =>
  Math.abs(value) > 1e12
    ? value.toExponential(count - 1).replace('e+', 'e')
    : Math.abs(value) >= 10 ** count || value === 0
      ? String(Math.round(value))
      : value.toPrecision(count)

/** A share as `92.82 %`. */
export const percentText = (share: number): string => `${(100 * share).toFixed(2)} %`

/** `0.218 ms`, three digits. */
export const millisecondsText = (milliseconds: number): string => `${digits(milliseconds, 3)} ms`

/** `−71.9 %`, `+3.0 %`, `55.2 times`; a dash where there is nothing to compare. */
export const changeText = (before: number, after: number): string =>
  before === 0
    ? '–'
    : after / before >= 10
      ? `${digits(after / before, 3)} times`
      : signed((100 * (after - before)) / before, 1, ' %')

/** `+0.03 points`, `−7.4 %`: a number with its sign, so many digits and a unit. */
export const signed = (value: number, digits: number, unit: string): string =>
  `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}${unit}`

/** `4.2 s`, `3 min 20 s`. */
export function durationText(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}
