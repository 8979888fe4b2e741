/** `npm run bench` measures runs, `npm run bench -- --start` starts of the program. */
import process from 'node:process'

await import(process.argv.includes('--start') ? './start.ts' : './tasks.ts')
