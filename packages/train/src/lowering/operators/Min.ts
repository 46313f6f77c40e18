import { elementwise } from '../elementwise.ts'

export const Min = elementwise('Min')
