import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'

test('words are ordered by how many letters must change', () => {
  expect(nearest('Rely', ['Conv', 'Relu', 'Reply', 'Rely'])).toEqual([
    { word: 'Rely', distance: 0 },
    { word: 'Relu', distance: 1 },
    { word: 'Reply', distance: 1 },
    { word: 'Conv', distance: 4 },
  ])
  expect(nearest('Rely', [])).toEqual([])
})
