import { elementwise } from '../elementwise.ts'

export const Elu = elementwise('Elu')
