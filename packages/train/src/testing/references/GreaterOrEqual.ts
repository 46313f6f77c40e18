import { defineBroadcasting } from './broadcasting.ts'

export const GreaterOrEqual = defineBroadcasting('GreaterOrEqual', (a, b) => Number(a >= b), { differentiate: [] })
