import { createInterface } from 'node:readline'
import { peakMegabytes } from './peak-memory.ts'

/** The side of a process that makes as many steps as it is told, line by line, and answers with lines of JSON. */
export interface StepCommands {
  /** The clock starts: all that belongs to the first step comes after this. */
  begin(): void
  /** To be waited for before each step. Ends the process once there are no more commands. */
  gate(): Promise<void>
  /** To be called after each step. */
  stepDone(): void
}

/** @param facts what the answer to the first step says beside its time */
export function stepCommands(facts: object): StepCommands {
  const commands = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
  const answer = (line: object) => console.log(JSON.stringify(line))
  let [openSeconds, isFirst] = [0, true]
  let started = performance.now()
  /** Of the steps asked for: those that did not begin yet, and the times of those that are done. */
  let [left, asked, milliseconds, last] = [1, 1, [] as number[], started]
  return {
    begin: () => {
      started = performance.now()
      last = started
    },
    gate: async () => {
      openSeconds ||= (performance.now() - started) / 1000
      if (left === 0) {
        const { value, done } = await commands.next()
        if (done) process.exit()
        asked = Number(value)
        left = asked
        milliseconds = []
        last = performance.now()
      }
      left--
    },
    stepDone: () => {
      const now = performance.now()
      milliseconds.push(now - last)
      last = now
      if (milliseconds.length < asked) return
      if (isFirst) answer({ ...facts, openSeconds, firstStepSeconds: (now - started) / 1000 })
      else answer({ milliseconds, megabytes: peakMegabytes() })
      isFirst = false
    },
  }
}
