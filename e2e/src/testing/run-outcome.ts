import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** What differs between two runs of the same: where and when they ran, and times that were measured. */
const ofThisRun = new Set(['folder', 'model', 'seconds', 'finished', 'latency', 'latencies', 'notWorthIt', 'verdict'])

/** The files that a run has ended with, by name, without its log and its report: what every run of the same must agree in, byte for byte. */
export function runOutcome(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
    statSync(join(folder, name)).isFile(),
  )
  return Object.fromEntries(
    names
      .filter(name => name !== 'events.jsonl' && name !== 'report.html')
      .sort()
      .map(name => {
        const bytes = readFileSync(join(folder, name))
        const timed = name === 'result.json' || name.endsWith('measure-result.json')
        return [name, timed ? withoutTimes(bytes.toString()) : bytes.toString('latin1')]
      }),
  )
}

const withoutTimes = (json: string): string =>
  JSON.stringify(JSON.parse(json, (key, value) => (ofThisRun.has(key) ? undefined : value)))
