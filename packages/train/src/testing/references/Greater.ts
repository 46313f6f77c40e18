import { defineBroadcasting } from './broadcasting.ts'

export const Greater = defineBroadcasting('Greater', (a, b) => Number(a > b), { differentiate: [] })
