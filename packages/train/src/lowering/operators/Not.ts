import { elementwise } from '../elementwise.ts'

export const Not = elementwise('Not')
