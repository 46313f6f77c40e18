import { createHash } from 'node:crypto'
import type { RunResult } from '@pare/recipe'
import { expect, test } from 'vitest'
import { renderReport } from './render-report.ts'
import { htmlProblems } from './testing/check-html.ts'
import { sampleRun } from './testing/sample-run.ts'

const recipe = '# a recipe\nmodel: model.onnx\n'
const page = renderReport(sampleRun, { recipe })

/** What a reader reads: without style and tags. */
const textOf = (html: string) =>
  html
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')

const { fidelity: _fidelity, latencies: _latencies, ...unmeasured } = sampleRun
/** A run without validation data, with inputs of no fixed size, by a version of Pare that told less. */
const bare = {
  ...unmeasured,
  before: { bytes: 4_000_000, parameters: 1_000_000 },
  after: { bytes: 1_100_000, parameters: 1_000_000 },
  stages: [{ name: 'int8', details: [{ part: 'quant.static' }] }],
  notes: [],
}

test.each([
  ['a whole run', page],
  ['a run with little measured', renderReport(bare)],
])('the page of %s is valid HTML', (_, html) => {
  expect(htmlProblems(html)).toEqual([])
})

test('the check of HTML finds what is wrong', () => {
  for (const wrong of [
    '<p>',
    '<p><b></p></b>',
    '<p id=a></p>',
    '<p id="a"></p><p id="a"></p>',
    '<a href="#b">b</a>',
    '<h2>a</h2>',
    '<p>a & b</p>',
    '<table><tr><th>a</th></tr><tr><td>b</td><td>c</td></tr></table>',
  ])
    expect(htmlProblems(wrong), wrong).not.toEqual([])
})

test('the page loads nothing and runs nothing: its policy allows its own style only', () => {
  expect(page).not.toMatch(/https?:|url\(|@import|<script|<link|<img|<iframe| style="| on\w+="| src=/i)
  const [, policy, style = ''] =
    /Content-Security-Policy" content="([^"]*)"[\s\S]*<style>([\s\S]*?)<\/style>/.exec(page) ?? []
  const digest = createHash('sha256').update(style).digest('base64')
  expect(policy).toBe(
    `default-src &#39;none&#39;; style-src &#39;sha256-${digest}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;`,
  )
})

test('the figures are those of the result', () => {
  const text = textOf(page)
  for (const figure of [
    'Not accepted , because: the accuracy falls by 1.50 points',
    'top-1 accuracy bound: at most 0.3 points lower 91.23 % 89.73 % −1.50 points',
    'loss 0.2500 0.2531 +1.2 %',
    'size 4.00 MB 1.10 MB −72.5 %',
    'parameters 1.00 M 1.00 M same',
    'multiply-adds 1.20 k 1.20 k same',
    'latency, onnxruntime-node 2.50 ms 2.25 … 3.00 1.25 ms 1.20 … 1.40 −50.0 %',
    'same top-1 class 98.44 %',
    'signal-to-quantization-noise ratio 31.3 dB',
    'mean KL divergence 0.00123 nats',
    '1 first Conv exact 1.00000 0 900 75.0 % 1.60 MB 400 kB',
    '2 second Gemm 31.3 dB 0.99961 0.375 300 25.0 % 2.40 MB 600 kB',
    'mask it holds NaN or infinite numbers',
    '1 node in integers: 1 Conv.',
    'Of 2 int8 layers, 1 would saturate',
    'first Conv 12.50 % 0.30 % 6.25 %',
    'second Gemm it was excluded',
    'x −1.500 2.250 uint8 0.01470 102',
    'pooled – – uint8 0.01470 102',
    'observer min-max exclude last',
    'weights bits 8, per channel yes',
    'The model is that of epoch 1 of 2, the best by agreement; a dot marks it.',
    'Figures of 2 epochs tuning, train: epochs epoch loss accuracy metrics top1 metrics agreement 1 0.5 0.8 0.9 0.75 2 0.25 0.85 – –',
    'prune Gone through 2 times.',
    'top1 92.50 %, 5.40 M multiply-adds',
    'prune. sensitivity , round 1',
    '70.00 % of the macs are left; the target was 75.00 %. Of 16 channels that may go, 4 went.',
    'first 16 12 25.00 % 0.01250',
    'What top1 (0.9123 of the whole model) loses without a share of the channels of each group, on 2,000 samples',
    'second Gemm its channels are an output of the model',
    'plugin pare-plugin-own 1.2.3',
    'measure-float: a note',
    '# a recipe model: model.onnx',
    'pare run /recipes/sample.yaml --allow-plugins',
    'files and seed (7)',
    '24 November 2026 at 11:38 UTC , a run of 14.5 s, for onnxruntime-node',
    'onnxruntime 1.30.0',
  ])
    expect(text).toContain(figure)
})

test('a chart says in words what it shows', () => {
  expect(page).toContain('aria-label="Size of the file: before 4.00 MB, int8 1.10 MB, prune 1.10 MB, after 1.10 MB"')
  expect(page).toContain('aria-label="Latency of one sample, onnxruntime-node: before 2.50 ms, after 1.25 ms"')
  expect(page).toContain('aria-label="Loss of each epoch; in epoch 1: training 0.5000"')
  expect(page).toContain('aria-label="Accuracy of each epoch; in epoch 1: training 80.00 %, validation, top-1 90.00 %"')
  expect(page).toContain('aria-label="Loss: soft-label of each epoch; in epoch 1: training 2.000"')
  expect(page).toContain(
    'aria-label="Loss of top1 without channels of first: 0.01000 at 25.00 %, 0.04000 at 50.00 %; 25.00 % were cut"',
  )
  expect(page).toContain('aria-label="agreement of each epoch; in epoch 1: validation 0.7500"')
  expect(page.match(/<svg [^>]*role="img" aria-label="[^"]+"/g)).toHaveLength(page.split('<svg').length - 1)
})

test('what was not measured is a dash, with the reason', () => {
  const text = textOf(renderReport(bare))
  for (const figure of [
    'top-1 accuracy bound: at most 0.3 points lower not measured: it needs validation data with labels – – –',
    'multiply-adds not measured: it needs inputs of a known size, and shapes that follow from it – – –',
    'latency not measured: it needs inputs of a fixed size, and a model that runs on zeros – – –',
    'The result was not compared with the float model: that needs validation data.',
    "The run's recipe.yaml is not there.",
  ])
    expect(text).toContain(figure)
  expect(text).not.toMatch(/undefined|NaN|null|\[object/)
})

test('a metric that is no finite number is a dash, here and in JSON', () => {
  const broken = { ...sampleRun, after: { ...sampleRun.after, metrics: { top1: 0.5, loss: Number.NaN } } }
  for (const run of [broken, JSON.parse(JSON.stringify(broken))])
    expect(textOf(renderReport(run))).toContain('loss not measured: it needs a finite number 0.2500 – –')
})

test('no name out of a model, a recipe or a file becomes markup', () => {
  const evil = `"><script>alert('1')</script><p onclick='x'`
  const poisoned = (data: unknown): unknown => {
    if (typeof data === 'string') return data === sampleRun.finished ? data : `${data}${evil}`
    if (Array.isArray(data)) return data.map(poisoned)
    if (typeof data !== 'object' || data === null) return data
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, poisoned(value)]))
  }
  const run = { ...(poisoned({ ...sampleRun, [evil]: { [evil]: [{ [evil]: evil }] } }) as RunResult) }
  const html = renderReport(run, { recipe: evil })
  expect(html).not.toMatch(/<script|<p onclick/)
  expect(htmlProblems(html)).toEqual([])
})

test('what a report has no section for is shown as it is, in the result and in the details of a strategy', () => {
  const [stage] = sampleRun.stages
  const pruned = { part: 'prune', options: {}, details: { removed: [{ layer: 'first', channels: 3 }], ratio: 0.25 } }
  const more = {
    ...sampleRun,
    explanation: [{ node: 'first', share: 0.125 }],
    stages: [{ ...stage, name: 'a', details: [pruned] }],
  }
  const text = textOf(renderReport(more))
  expect(text).toContain('Explanation explanation node share first 0.125')
  expect(text).toContain('layer channels first 3 ratio 0.25')
})

test('a result that is slower on an engine is said to be not worth it there', () => {
  const sentence = 'On onnxruntime-web the result takes 1.50 times as long.'
  expect(textOf(renderReport({ ...sampleRun, notWorthIt: [sentence] }))).toContain(`Not worth it. ${sentence}`)
})

test('data that is nested without end is not shown, and breaks nothing', () => {
  let deep: unknown[] = []
  for (let level = 0; level < 100_000; level++) deep = [deep]
  expect(textOf(renderReport({ ...sampleRun, ...{ deep } }))).toContain('nested too deep to be shown')
})

test('a run without bounds is done, not accepted', () => {
  const run = { ...sampleRun, accept: {}, verdict: { accepted: true, reasons: [] } }
  expect(textOf(renderReport(run))).toContain('Done. The recipe sets no bounds.')
  expect(renderReport(run)).toContain('<title>sample, done – Pare report</title>')
  const bounded = { ...run, accept: { size: 1 } }
  expect(textOf(renderReport(bounded))).toContain('Accepted. Every bound of the recipe is kept.')
  expect(renderReport(bounded)).toContain('<title>sample, accepted – Pare report</title>')
})

test('a path with spaces is one word of the command', () => {
  const origin = { name: 'a', file: "/it's here/a.yaml", baseDirectory: "/it's here" }
  expect(textOf(renderReport({ ...sampleRun, origin }))).toContain(`pare run '/it'\\''s here/a.yaml'`)
})
