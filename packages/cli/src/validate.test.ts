import { writeFile } from 'node:fs/promises'
import { createBuilder, saveModel } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { playground, run } from './testing/playground.ts'

playground({ samples: 40 })

/** x → QuantizeLinear → DequantizeLinear → output */
function quantizer(scale: number, zeroPoint: number) {
  const b = createBuilder('quantizer')
  const [s, z] = [b.scalar(scale), b.constant('uint8', [], [zeroPoint])]
  b.output(b.named(b.DequantizeLinear(b.QuantizeLinear(b.input('x', 'float32', ['N', 4]), s, z), s, z), 'output'))
  return saveModel(b.build()).model
}

test('a valid model is said to be valid', async () => {
  expect(await run('validate', 'model.onnx')).toEqual({ code: 0, out: 'model.onnx is valid for ONNX.\n', err: '' })
  expect((await run('validate', 'model.onnx', '--target', 'tensorrt')).out).toMatch(/for ONNX and the target tensorrt/)
  expect(JSON.parse((await run('validate', 'model.onnx', '--json')).out)).toEqual({
    valid: true,
    target: null,
    findings: [],
  })
})

test('what is wrong is listed with what to do, and ends with code 1', async () => {
  await writeFile('scale.onnx', quantizer(0, 0))
  const { code, out } = await run('validate', 'scale.onnx')
  expect(code).toBe(1)
  expect(out).toMatch(
    /^error {4}quantization-scale {2}Node \S+ \(QuantizeLinear\) has the scale 0 at index 0 of \S+\.\n {29}Calibrate again/,
  )
  expect(out).toMatch(/scale\.onnx has 2 errors and 0 warnings against ONNX\.\n$/)
})

test('a target is told what it does not take', async () => {
  await writeFile('unsigned.onnx', quantizer(0.5, 3))
  expect((await run('validate', 'unsigned.onnx')).code).toBe(0)
  const { code, out } = await run('validate', 'unsigned.onnx', '--target', 'tensorrt', '--json')
  expect(code).toBe(1)
  const { findings } = JSON.parse(out) as { findings: { rule: string; node: { op: string } }[] }
  expect(findings.map(({ rule, node }) => `${rule} ${node.op}`)).toContain('target-quantized-types QuantizeLinear')
})

test('what cannot be loaded because it breaks a rule is a finding too; what is no model is bad input', async () => {
  const b = createBuilder('cut')
  b.output(b.named(b.Relu(b.input('x', 'float32', [2])), 'y'))
  const graph = b.build()
  await writeFile('cut.onnx', saveModel({ ...graph, nodes: [] }).model)
  expect(await run('validate', 'cut.onnx')).toMatchObject({
    code: 1,
    out: expect.stringContaining('topological-order'),
  })
  await writeFile('text.onnx', 'no model')
  expect(await run('validate', 'text.onnx')).toMatchObject({ code: 2, err: expect.stringContaining('MODEL_NOT_ONNX') })
})
