import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { renderReport } from './render-report.ts'
import { htmlProblems } from './testing/check-html.ts'
import { sampleRun } from './testing/sample-run.ts'
import { writeReport } from './write-report.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-report-'))
})
afterEach(() => rm(folder, { recursive: true }))

const write = (file: string, text: string) => writeFile(join(folder, file), text)

test('the report of a finished run is written into its folder, or elsewhere', async () => {
  await write('result.json', JSON.stringify(sampleRun))
  await write('recipe.yaml', 'model: model.onnx\n')
  expect(await writeReport(folder)).toBe(join(folder, 'report.html'))
  const page = await readFile(join(folder, 'report.html'), 'utf8')
  expect(page).toBe(renderReport(sampleRun, { recipe: 'model: model.onnx\n' }))
  const output = join(folder, 'other.html')
  expect(await writeReport(folder, { output })).toBe(output)
  expect(await readFile(output, 'utf8')).toBe(page)
})

test('what is no finished run is refused with what is the matter', async () => {
  await expect(writeReport(folder)).rejects.toMatchObject({ name: 'DataError', code: 'DATA_RUN_MISSING' })
  await write('run.json', '{}')
  await expect(writeReport(folder)).rejects.toMatchObject({ name: 'DataError', code: 'DATA_RUN_UNFINISHED' })
  await write('result.json', '{ "verdict": ')
  await expect(writeReport(folder)).rejects.toMatchObject({ name: 'DataError', code: 'DATA_RUN_RESULT' })
})

test.each([
  ['verdict.accepted', { ...sampleRun, verdict: { accepted: 'yes', reasons: [] } }],
  ['before.bytes', { ...sampleRun, before: { ...sampleRun.before, bytes: null } }],
  ['stages', { ...sampleRun, stages: {} }],
  ['all of it', [1, 2, 3]],
])('a result of another shape is refused, and where it differs is said: %s', async (where, result) => {
  await write('result.json', JSON.stringify(result))
  await expect(writeReport(folder)).rejects.toMatchObject({
    code: 'DATA_RUN_RESULT',
    message: expect.stringContaining(`is not the result of a run: ${where}: `),
  })
  expect(await readdir(folder)).toEqual(['result.json'])
})

const experiment = {
  change: { 'quant.static': { equalize: true } },
  before: { sqnr: 12.3, agreement: 0.9 },
  after: { sqnr: 30, agreement: 1 },
  gain: 17.7,
}
const explanation = {
  before: { sqnr: 12.3, agreement: 0.9 },
  samples: 64,
  findings: [
    {
      cause: 'outlying-weight-channel',
      title: 'a channel with far larger weights',
      nodes: ['block1/<Conv>'],
      sentence: 'Channel 5 is 50 times as large.',
      advice: 'Equalize.',
      figures: {},
      experiment,
      confirmed: true,
    },
    { cause: 'other', title: 'no cause', nodes: [], sentence: 'Not so.', advice: '', figures: {}, confirmed: false },
  ],
  layers: [{ node: 'block1/<Conv>', op: 'Conv', sqnr: null, noise: 0.1, inFloat: experiment }],
  notes: ['Something beside.'],
}

test('what pare explain found of the run is a section of its own', async () => {
  await write('result.json', JSON.stringify(sampleRun))
  await write('explain.json', JSON.stringify(explanation))
  await writeReport(folder)
  const page = await readFile(join(folder, 'report.html'), 'utf8')
  expect(htmlProblems(page)).toEqual([])
  expect(page).toContain('<h2>Why int8 loses</h2>')
  expect(page).toContain('Channel 5 is 50 times as large.')
  expect(page).toContain('{&quot;quant.static&quot;:{&quot;equalize&quot;:true}}')
  expect(page).not.toContain('no cause')
  await write('explain.json', JSON.stringify({ ...explanation, samples: 'many' }))
  await expect(writeReport(folder)).rejects.toMatchObject({
    message: expect.stringContaining('explain.json is not what pare explain writes: samples: '),
  })
})

test('a report that cannot be written leaves nothing behind', async () => {
  await write('result.json', JSON.stringify(sampleRun))
  await expect(writeReport(folder, { output: join(folder, 'none', 'report.html') })).rejects.toMatchObject({
    name: 'RunError',
    code: 'RUN_REPORT',
  })
  await expect(writeReport(folder, { output: folder })).rejects.toMatchObject({ code: 'RUN_REPORT' })
  expect(await readdir(folder)).toEqual(['result.json'])
})
