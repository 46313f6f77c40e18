import { expect, it } from 'vitest'
import { countCases } from './test-report.ts'

const cases = (...statuses: string[]) => statuses.map(status => ({ status }))

it('counts the cases of all files', () => {
  const report = {
    testResults: [
      { status: 'passed', assertionResults: cases('passed', 'passed', 'pending') },
      { status: 'failed', assertionResults: cases('passed', 'failed', 'todo') },
    ],
  }
  expect(countCases(report)).toEqual({ passed: 3, failed: 1, skipped: 2 })
})

it('counts a file that did not load as a failure', () => {
  const report = { testResults: [{ status: 'failed', assertionResults: [] }] }
  expect(countCases(report)).toMatchObject({ passed: 0, failed: 1, problem: '1 test files did not load' })
})

it('counts a missing report as a failure', () => {
  expect(countCases(undefined)).toMatchObject({ passed: 0, failed: 1 })
})
