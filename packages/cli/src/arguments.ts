import { InvalidArgumentError } from 'commander'

/** An option's number. */
export function numberArgument(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}

/** An option's share of something: neither nothing nor all of it. */
export function shareArgument(text: string): number {
  const value = numberArgument(text)
  if (value <= 0 || value >= 1) throw new InvalidArgumentError('It must be between 0 and 1, such as 0.1.')
  return value
}

/** An option that counts something. */
export function countArgument(text: string): number {
  const value = numberArgument(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number above 0.')
  return value
}
