import { elementwise } from '../elementwise.ts'

export const LeakyRelu = elementwise('LeakyRelu')
