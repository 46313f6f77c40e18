import { elementwise } from '../elementwise.ts'

export const Less = elementwise('Less')
