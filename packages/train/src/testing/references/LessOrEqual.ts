import { defineBroadcasting } from './broadcasting.ts'

export const LessOrEqual = defineBroadcasting('LessOrEqual', (a, b) => Number(a <= b), { differentiate: [] })
