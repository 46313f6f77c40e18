import { defineBroadcasting } from './broadcasting.ts'

export const Sub = defineBroadcasting('Sub', (a, b) => a - b)
