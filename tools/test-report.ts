/** The part of vitest's JSON report that is counted. */
export interface TestReport {
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

export interface CaseCount {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly problem?: string
}

/** Counts cases. A missing report, and a file that failed without a failed case (it did not load), count as one failure. */
export function countCases(report: TestReport | undefined): CaseCount {
  if (!report) return { passed: 0, failed: 1, skipped: 0, problem: 'no report: the tests did not run to their end' }
  const cases = report.testResults.flatMap(file => file.assertionResults)
  const count = (status: string) => cases.filter(test => test.status === status).length
  const broken = report.testResults.filter(
    file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed'),
  ).length
  const passed = count('passed')
  const failed = count('failed')
  return {
    passed,
    failed: failed + broken,
    skipped: cases.length - passed - failed,
    ...(broken > 0 && { problem: `${broken} test files did not load` }),
  }
}
