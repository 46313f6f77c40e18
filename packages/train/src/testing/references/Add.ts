import { defineBroadcasting } from './broadcasting.ts'

export const Add = defineBroadcasting('Add', (a, b) => a + b)
