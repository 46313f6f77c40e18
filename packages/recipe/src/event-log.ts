import { appendFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { writeFailure, writeFileWhole } from '@pare/runtime'
import type { RunEvent } from './events.ts'

/**
 * Opens the log of a run's events, a line of JSON each. A line that was not written to its end, by a process that died
 * or for want of room, is taken out.
 * @returns what appends an event, and throws RunError `RUN_FOLDER`
 */
export async function openEventLog(path: string): Promise<(event: RunEvent) => void> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw writeFailure('RUN_FOLDER', `${path} cannot be read`, error)
  })
  const whole = wholeLines(text)
  if (whole !== text) await writeFileWhole(path, [new TextEncoder().encode(whole)])
  return event => {
    try {
      appendFileSync(path, `${JSON.stringify(event)}\n`)
    } catch (cause) {
      throw writeFailure('RUN_FOLDER', `${path} cannot be written`, cause)
    }
  }
}

const wholeLines = (text: string): string =>
  text
    .split('\n')
    .filter(isJson)
    .map(line => `${line}\n`)
    .join('')

function isJson(line: string): boolean {
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}
