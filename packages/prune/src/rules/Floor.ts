import { defineElementwise } from './elementwise.ts'

export const Floor = defineElementwise('Floor')
