import { elementwise } from '../elementwise.ts'

export const PRelu = elementwise('PRelu')
