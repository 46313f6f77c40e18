import { defineBroadcasting } from './broadcasting.ts'

export const Mul = defineBroadcasting('Mul', (a, b) => a * b)
