import { defineBroadcasting } from './broadcasting.ts'

export const Div = defineBroadcasting('Div', (a, b) => a / b, { positive: ['B'] })
