// Kills 200 runs at random moments and sees that each is resumed to the same files.
//   npm run kill [-- <kills> <seed>]

import { killRuns } from './testing/kill-runs.ts'

const [kills = 200, seed = Date.now() % 2 ** 32] = process.argv.slice(2).map(Number)
console.log(`${kills} kills, seed ${seed}`)
console.log(await killRuns({ kills, seed }))
