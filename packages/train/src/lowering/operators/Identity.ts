import { elementwise } from '../elementwise.ts'

export const Identity = elementwise('Identity')
