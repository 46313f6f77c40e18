// Tries to lock the given folders, one after another, each at its own moment: 50 ms after the one before. Says of each
// whether it has it, and keeps those that it has for as long as it lives.
//   node lock-contender.ts <first moment, milliseconds of the epoch> <folder>…

import { setTimeout as wait } from 'node:timers/promises'
import { RunError } from '@pare/core-graph'
import { lockFolder } from '../run-lock.ts'

const [first = '', ...folders] = process.argv.slice(2)
const held: unknown[] = []
for (const [index, folder] of folders.entries()) {
  const moment = Number(first) + 50 * index
  await wait(Math.max(0, moment - 5 - Date.now()))
  while (Date.now() < moment);
  try {
    held.push(await lockFolder(folder))
    console.log(`has ${folder}`)
  } catch (error) {
    if (!(error instanceof RunError) || error.code !== 'RUN_LOCKED') throw error
    console.log(`refused ${folder}`)
  }
}
await wait(60_000, held)
