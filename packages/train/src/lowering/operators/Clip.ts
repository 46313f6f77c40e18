import { elementwise } from '../elementwise.ts'

export const Clip = elementwise('Clip')
