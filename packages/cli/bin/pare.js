#!/usr/bin/env node
// Compiled code is kept between starts, beside the system's temporary files: half of a short command is loading.
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('../dist/main.js')
