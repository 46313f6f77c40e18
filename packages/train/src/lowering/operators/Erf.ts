import { elementwise } from '../elementwise.ts'

export const Erf = elementwise('Erf')
