import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { playground, run } from './testing/playground.ts'

playground({ samples: 40 })

const recipe = `
model: model.onnx
data:
  preprocess: { colour: grey }
  validation: { kind: idx, images: images, labels: labels }
stages: [{ name: int8, use: [{ quant.static: { observer: { percentile: { percentile: 70 } } } }] }]
`

test('a run is explained: what it did wrong comes first, and stands in its report', async () => {
  await writeFile('cut.yaml', recipe)
  expect(await run('run', 'cut.yaml')).toMatchObject({ code: 0 })
  const { code, out, err } = await run('explain', 'runs/cut/1', '--samples', '20', '--layers', '2')
  expect(code).toBe(0)
  expect(err).toContain('experiments')
  expect(out).toMatch(/1\. a range too narrow for the values: /)
  expect(out).toContain("In the recipe: quant.static: {observer: 'min-max'}")
  expect(out).toMatch(/layers that lose most +operator +SQNR +comes back in float +likely cause/)
  const page = await readFile('runs/cut/1/report.html', 'utf8')
  expect(page).toContain('Why int8 loses')
  const { findings } = JSON.parse(await readFile('runs/cut/1/explain.json', 'utf8'))
  expect(findings[0]).toMatchObject({ cause: 'saturated-activation', confirmed: true })
})

test('two models are explained, as JSON too', async () => {
  const args = ['model.onnx', 'cut.onnx', '--data', 'images', '--preprocess', 'preprocess.yaml']
  expect(
    await run('quantize', 'model.onnx', '--data', 'images', '--preprocess', 'preprocess.yaml', '-o', 'cut.onnx'),
  ).toMatchObject({ code: 0 })
  const { code, out } = await run('explain', ...args, '--json', '--samples', '20', '--layers', '2')
  expect(code).toBe(0)
  const { samples, layers } = JSON.parse(out)
  expect([samples, layers.length]).toEqual([20, 2])
})

test.each([
  { args: ['explain', 'runs/none/1'], says: /DATA_RUN_MISSING/ },
  { args: ['explain', 'model.onnx', 'model.onnx'], says: /DATA_FLAG: .*no samples/ },
])('$args: bad input is told', async ({ args, says }) => {
  const { code, err } = await run(...args)
  expect(code).toBe(2)
  expect(err.replaceAll('\n', ' ')).toMatch(says)
})
