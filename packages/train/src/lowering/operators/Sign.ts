import { elementwise } from '../elementwise.ts'

export const Sign = elementwise('Sign')
