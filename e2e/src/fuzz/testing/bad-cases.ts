import { PareError } from '@pare/core-graph'
import { attempt, must, Violation } from '../attempt.ts'
import type { Case } from '../make-case.ts'

const loop = () => {
  for (;;);
}
const overflow = (): number => overflow() + 1

/** Programs that do what none may do, and the two that a broken file may lead to. */
const deeds: Readonly<Record<string, () => unknown>> = {
  'gives a result': () => 'read',
  'says what is wrong': () => attempt('load', () => thrown(new PareError({ code: 'A_B', message: 'm', hint: 'h' }))),
  'lacks a hint': () => attempt('load', () => thrown(new PareError({ code: 'A_B', message: 'm' }))),
  'throws a TypeError': () => attempt('load', () => Reflect.get(undefined as never, 'x')),
  'overflows the stack': () => attempt('load', overflow),
  'fails where it must not': () => must('save', () => thrown(new PareError({ code: 'A_B', message: 'm', hint: 'h' }))),
  'breaks a promise': () => thrown(new Violation('not the same')),
  'rejects where nobody waits': () => void Promise.reject(new Error('stray')),
  'pollutes a prototype': () => Reflect.set(Object.prototype, 'polluted', true),
  'fills a buffer': () => new Uint8Array(3 * 2 ** 28).fill(1).length,
  'takes a buffer and leaves it empty': () => new Float64Array(2 ** 27).length,
  'fills the heap': () => {
    const all: number[][] = []
    for (;;) all.push(Array<number>(2 ** 20).fill(0.5))
  },
  'ends the process': () => process.abort(),
  'runs for ever': loop,
  'gives a result again': () => 'read',
}

const thrown = (error: Error) => {
  throw error
}

export const deedNames = Object.keys(deeds)

export function makeCase(_: number, number: number): Case {
  const [name = '', run] = Object.entries(deeds)[number] ?? []
  return {
    name,
    bytes: new Uint8Array(1024),
    check: async () => {
      await run?.()
      return 'done'
    },
  }
}
