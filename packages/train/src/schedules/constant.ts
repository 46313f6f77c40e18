import { defineSchedule, warmup } from '../schedule.ts'

export const constant = defineSchedule({
  id: 'constant',
  description: 'Stays the same',
  options: warmup,
  share: () => 1,
})
