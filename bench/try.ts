import { createBuilder, type Graph } from '@pare/core-graph'
import { planQuantization } from '@pare/quant'
import { createExecutor, readModel } from '@pare/runtime'
import { images } from './src/samples.ts'
const float = await readModel('.work/float.onnx')
const plan = planQuantization(float)
const values = plan.groups.flatMap(g => g.observed)
console.log(values.length)
const x8 = images(8, 224, 3)
const ex = createExecutor()
function reduced(kind: string): Graph {
  const b = createBuilder(float)
  const outs: string[] = []
  for (const v of values) {
    const t = b.value(v)
    const push = (y: any) => outs.push(y.name)
    if (kind.includes('max')) push(b.ReduceMax(t, undefined, { keepdims: 0 }))
    if (kind.includes('min')) push(b.ReduceMin(t, undefined, { keepdims: 0 }))
    if (kind.includes('l1')) push(b.ReduceL1(t, undefined, { keepdims: 0 }))
    if (kind.includes('gmp')) push((t.type.shape?.length ?? 0) === 4 ? b.GlobalMaxPool(t) : b.ReduceMax(t, undefined, { keepdims: 0 }))
    if (kind.includes('full')) outs.push(v)
  }
  const g = b.build()
  return kind === 'plain' ? float : { ...g, outputs: outs.map(name => ({ name, type: undefined })) } as Graph
}
const kinds = ['plain', 'max', 'max min', 'max min l1', 'gmp', 'full']
const sess: any = {}
for (const k of kinds) try { sess[k] = await ex.open(reduced(k)) } catch (e) { console.log(k, String(e).slice(0, 200)) }
for (const batch of [1, 4, 8]) {
  const data = x8.data.subarray(0, batch * 3 * 224 * 224)
  const best: Record<string, number> = {}
  for (let r = 0; r < 8; r++) for (const k of Object.keys(sess)) {
    const c = process.cpuUsage(); const t = performance.now()
    await sess[k].run({ input: { dataType: 'float32', dims: [batch, 3, 224, 224], data } })
    const w = (performance.now() - t) / batch; const u = process.cpuUsage(c)
    best[k] = Math.min(best[k] ?? 1e9, w)
    best[k + ' cpu'] = Math.min(best[k + ' cpu'] ?? 1e9, (u.user + u.system) / 1000 / batch)
  }
  console.log(batch, Object.fromEntries(Object.entries(best).map(([k, v]) => [k, +v.toFixed(1)])))
}
