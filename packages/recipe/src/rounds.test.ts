import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Compressor } from './compressor.ts'
import type { RunEvent } from './events.ts'
import { asking, folderWithModel, samples } from './testing/small-runs.ts'

const folder = folderWithModel()

test('a stage of rounds is gone through again and again, and resumed between them to the same bytes', async () => {
  const [train, validation] = [await samples(32), await samples(16)]
  const seen: (readonly [number | undefined, number | undefined, boolean])[] = []
  let failures = 0
  const open = (failsIn: number) => {
    const strategy = asking([], async ({ round }, graph) => {
      seen.push([round?.number, round?.rounds, round?.before.name === 'start'])
      if (round?.number === failsIn && failures++ === 0) throw new Error('stopped')
      return { graph: { ...graph, name: `after ${round?.number}` } }
    })
    return Compressor.open(
      {
        model: 'model.onnx',
        data: {},
        stages: [
          { name: 'name', use: ['test.names'] },
          { name: 'both', use: ['test.asks'], train: { epochs: 1, batchSize: 8 }, rounds: 3 },
        ],
      },
      {
        baseDirectory: folder(),
        data: { train, validation },
        strategies: [
          strategy,
          { ...asking([], async (_, graph) => ({ graph: { ...graph, name: 'start' } })), id: 'test.names' },
        ],
      },
    )
  }
  const events: RunEvent[] = []
  const whole = await (await open(0)).run({ output: join(folder(), 'whole'), listener: event => events.push(event) })
  expect(seen).toEqual([1, 2, 3].map(number => [number, 3, true]))
  expect(whole.stages[1]).toMatchObject({
    rounds: 3,
    details: [1, 2, 3].flatMap(round => [
      { part: 'test.asks', round },
      { part: 'train', round },
    ]),
  })
  expect(events.flatMap(event => (event.type === 'epoch' ? event.step : []))).toEqual(
    [1, 2, 3].map(number => `2-both-round-${number}`),
  )

  const stopped = await open(2)
  await expect(stopped.run({ output: join(folder(), 'stopped') })).rejects.toThrow('stopped')
  seen.length = 0
  const resumed = await stopped.run({ output: join(folder(), 'stopped'), resume: true })
  expect(seen.map(([number]) => number)).toEqual([2, 3])
  expect(await readFile(resumed.model)).toEqual(await readFile(whole.model))
  expect(resumed.stages[1]?.details.map(({ round }) => round)).toEqual([1, 1, 2, 2, 3, 3])
})
