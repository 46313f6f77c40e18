import { defineSchedule, warmup } from '../schedule.ts'

/** (1 + cos πp)/2 at the share p of the way (Loshchilov and Hutter 2017, "SGDR", equation 5 without restarts). */
export const cosine = defineSchedule({
  id: 'cosine',
  description: 'Falls to 0 along half a cosine wave',
  options: warmup,
  share: ({ progress }) => (1 + Math.cos(Math.PI * progress)) / 2,
})
