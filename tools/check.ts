// Everything that must hold, one step after the other; a step that fails does not hide the next.
// Ends in a line `N passed, N failed` that counts test cases.

import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { countCases, type TestReport } from './test-report.ts'

interface Step {
  readonly name: string
  readonly command: readonly string[]
}

const nx = (...targets: string[]) => ['nx', 'run-many', `--targets=${targets.join(',')}`]

const steps: readonly Step[] = [
  { name: 'format and lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
  { name: 'registries', command: ['node', '--conditions=@pare/source', 'tools/generate-registries.ts', '--check'] },
  { name: 'recipe reference', command: ['node', '--conditions=@pare/source', 'tools/recipe-reference.ts', '--check'] },
  { name: 'results page', command: ['node', '--conditions=@pare/source', 'bench/src/reproduce.ts', '--check'] },
  { name: 'boundaries', command: ['node', 'tools/check-boundaries.ts'] },
  { name: 'unused code', command: ['knip'] },
  { name: 'types', command: nx('typecheck') },
  { name: 'tests', command: nx('test') },
  { name: 'build and package', command: nx('build', 'publint') },
]

const root = join(import.meta.dirname, '..')
const bin = join(root, 'node_modules', '.bin')

/** Where a project that has tests leaves its report. */
const reportOf = (config: string) => join(root, dirname(config), '.vitest', 'results.json')

const readReport = (file: string): TestReport | undefined =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TestReport) : undefined

function passes({ name, command: [program = '', ...args] }: Step): boolean {
  console.log(`\n── ${name}: ${[program, ...args].join(' ')}`)
  const { status } = spawnSync(join(bin, program), args, { cwd: root, stdio: 'inherit' })
  return status === 0
}

const projects = globSync('{tools,e2e,packages/*}/vitest.config.ts', { cwd: root }).sort()
// A report of an earlier run must not be counted; Nx brings back those of unchanged projects.
for (const project of projects) rmSync(reportOf(project), { force: true })

const failedSteps = steps.filter(step => !passes(step)).map(step => step.name)
const counts = projects.map(config => ({ project: dirname(config), ...countCases(readReport(reportOf(config))) }))
const sum = (key: 'passed' | 'failed' | 'skipped') => counts.reduce((total, count) => total + count[key], 0)
const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')]

console.log('\n── summary')
for (const count of counts) {
  const cases = `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`
  console.log(`${count.project.padEnd(22)} ${cases}${count.problem ? ` (${count.problem})` : ''}`)
}
for (const { name } of steps) console.log(`${name.padEnd(22)} ${failedSteps.includes(name) ? 'FAILED' : 'ok'}`)
if (skipped > 0) console.log(`${skipped} skipped`)
if (passed === 0) console.log('No test passed: that is a failure too.')
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failedSteps.length > 0 || failed > 0 || passed === 0 ? 1 : 0
