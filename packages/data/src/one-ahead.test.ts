import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { oneAhead } from './one-ahead.ts'

/** Counts up to `end`, and how often it was asked. */
function counter(end: number) {
  const state = { asked: 0 }
  const next = async () => {
    const value = state.asked++
    return value < end ? value : undefined
  }
  return { state, next }
}

test('yields all values, each step begun when the one before is handed out', async () => {
  const { state, next } = counter(3)
  const asked: number[] = []
  for await (const value of oneAhead(next)) asked.push(value, state.asked)
  expect(asked).toEqual([0, 2, 1, 3, 2, 4])
})

test('an abort does not wait for the step under way', async () => {
  const controller = new AbortController()
  const never = () => new Promise<number>(() => {})
  const first = oneAhead(never, controller.signal).next()
  controller.abort(new Error('stop'))
  await expect(first).rejects.toThrow('stop')
})

test('a failing step is reported when its turn comes', async () => {
  const steps = [async () => 1, async () => Promise.reject(new Error('bad'))]
  const values = oneAhead<number>(() => steps.shift()?.() ?? Promise.resolve(undefined))
  expect(await values.next()).toEqual({ done: false, value: 1 })
  await expect(values.next()).rejects.toThrow('bad')
})

test('leaves no listener on the signal', async () => {
  const { signal } = new AbortController()
  let listeners = 0
  signal.addEventListener = () => void listeners++
  signal.removeEventListener = () => void listeners--
  for await (const value of oneAhead(counter(5).next, signal)) if (value === 2) break
  expect(listeners).toBe(0)
})

test('holds no value that was handed out', async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  const values: WeakRef<object>[] = []
  const next = async () => {
    const value = {}
    values.push(new WeakRef(value))
    return value
  }
  const running = oneAhead(next, new AbortController().signal)
  for (let count = 0; count < 50; count++) await running.next()
  await setImmediate()
  collectGarbage()
  expect(values.filter(value => value.deref()).length).toBeLessThan(5)
  await running.return(undefined)
})
