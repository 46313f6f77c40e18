// Prints what onnxruntime computes of the saturating layers on this CPU, as levels of the output. `without-vnni.json` was
// made by it on an emulated CPU that has AVX2 but no VNNI:
//   qemu-x86_64 -cpu Haswell node --conditions=@pare/source src/testing/record-outputs.ts > src/testing/without-vnni.json

import { run } from './compare.ts'
import { saturatingLayers } from './saturating-layers.ts'

const recorded: Record<string, number[]> = {}
for (const { name, graph, input, outputScale } of saturatingLayers) {
  const { y } = await run(graph, { x: input }, true)
  recorded[name] = Array.from((y?.data ?? []) as Float32Array, value => Math.round(value / outputScale) + 128)
}
console.log(JSON.stringify(recorded, null, 1).replaceAll(/\n {2,}/g, ' '))
