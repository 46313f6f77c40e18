import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { CaseReport } from './case-report.ts'
import { checkData } from './check-data.ts'
import { checkModel } from './check-model.ts'
import { checkRecipeText } from './check-recipe.ts'
import { drawOf } from './draw.ts'
import { makeCase } from './make-case.ts'
import { mutateModel } from './mutate-model.ts'
import { fieldBytes, parseFields } from './protobuf-tree.ts'
import { runCases } from './run-cases.ts'
import { dataSeeds } from './seeds/data-seeds.ts'
import { modelSeeds } from './seeds/model-seeds.ts'
import { recipeSeeds } from './seeds/recipe-seeds.ts'
import { deedNames } from './testing/bad-cases.ts'

const minutes = 60_000

/** Seed 1 is that of `npm run fuzz`. */
const seed = 2

test('10,000 broken models, recipes and data files lead to a result or to an error that says what to do', {
  timeout: 10 * minutes,
}, async () => {
  const reports: CaseReport[] = []
  await runCases({
    seed,
    from: 0,
    to: 10_000,
    processes: Math.min(2, availableParallelism()),
    onReport: report => reports.push(report),
  })
  const failed = reports.filter(({ problem }) => problem !== undefined)
  expect(
    failed.map(report => ({ ...report, again: `npm run fuzz -- --seed ${seed} --case ${report.number}` })),
  ).toEqual([])
  expect(reports).toHaveLength(10_000)
  // Neither are all files refused at the door, nor do the changes leave them as they were.
  for (const kind of ['model', 'recipe', 'data']) {
    const own = reports.filter(({ name }) => name.startsWith(`${kind}:`))
    const refused = own.filter(({ reached }) => reached === 'refused').length
    expect(refused / own.length).toBeGreaterThan(0.2)
    expect(refused / own.length).toBeLessThan(0.97)
  }
})

describe('what the fuzzer finds', () => {
  const reports: CaseReport[] = []
  const problemOf = (name: string) => reports[deedNames.indexOf(name)]?.problem

  test('every deed is reported as its own, and the cases behind it still run', { timeout: 5 * minutes }, async () => {
    const cases = new URL('./testing/bad-cases.ts', import.meta.url)
    await runCases({
      cases,
      seed,
      from: 0,
      to: deedNames.length,
      processes: 1,
      onReport: report => reports.push(report),
    })
    expect(reports.map(({ number }) => number)).toEqual(deedNames.map((_, index) => index))
  })

  test.each(['gives a result', 'says what is wrong', 'gives a result again'])('a program that %s is fine', name => {
    expect(problemOf(name)).toBeUndefined()
  })

  test.each([
    ['lacks a hint', 'lacks a code, a message or a hint'],
    ['throws a TypeError', 'load: TypeError'],
    ['overflows the stack', 'load: RangeError: Maximum call stack size exceeded'],
    ['fails where it must not', 'save: PareError: m'],
    ['breaks a promise', 'not the same'],
    ['rejects where nobody waits', 'nobody waited for: Error: stray'],
    ['pollutes a prototype', 'a prototype was changed'],
    ['fills a buffer', /of 1024 bytes took 7\d\d MiB of memory/],
    ['takes a buffer and leaves it empty', /of 1024 bytes took 1\d\d\d MiB of memory/],
    ['fills the heap', 'the process crashed: SIG'],
    ['ends the process', 'the process crashed: SIGABRT'],
    ['runs for ever', 'hangs: more than 5 s'],
  ])('a program that %s is a finding', (name, problem) => {
    expect(problemOf(name) ?? 'nothing').toMatch(problem)
  })
})

describe('seeds are valid: what is found is due to the changes', () => {
  test.each(modelSeeds)('model $name', async ({ bytes }) => {
    expect(await checkModel(bytes, drawOf(seed, 0))).toBe('simplified')
  })

  test.each(recipeSeeds)('recipe $name', async ({ bytes }) => {
    expect(await checkRecipeText(bytes)).toBe('read')
  })

  test.each(dataSeeds)('data $name', async data => {
    const bytes = data.repair?.(data.bytes) ?? data.bytes
    expect(await checkData(bytes, data, join(tmpdir(), `pare-fuzz-seed-${process.pid}`))).toBe('read')
  })
})

test('a case is always the same', () => {
  for (let number = 0; number < 200; number++)
    expect(makeCase(seed, number).bytes).toEqual(makeCase(seed, number).bytes)
})

test('fields of a model are written as they were read', () => {
  for (const { bytes } of modelSeeds) expect(fieldBytes(parseFields(bytes))).toEqual(bytes)
})

test('changes of fields leave protobuf: what is refused is refused for what it says', () => {
  const [{ bytes } = { bytes: new Uint8Array() }] = modelSeeds
  for (let number = 0; number < 100; number++) {
    const mutated = new Uint8Array(mutateModel(bytes, drawOf(seed, number), bytes))
    expect(() => parseFields(mutated)).not.toThrow()
  }
})
