import { defineBroadcasting } from './broadcasting.ts'

export const Less = defineBroadcasting('Less', (a, b) => Number(a < b), { differentiate: [] })
