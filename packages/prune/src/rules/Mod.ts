import { defineElementwise } from './elementwise.ts'

export const Mod = defineElementwise('Mod')
