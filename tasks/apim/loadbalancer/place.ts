/** Which file is ours: the one that is named, or one in the directory from which nginx takes the sites of the host. */
import { posix } from 'node:path'
import type { FileFact } from '../../../src/module/index.ts'
import { utf8 } from '../../lib/content.ts'
import type { LoadbalancerArgs } from './arguments.ts'
import { hasServers, siteIncludes } from './nginx/config.ts'

/** `main` is undefined while it is not known. A text is why there is no place; undefined: not known yet. */
export function destOf(args: LoadbalancerArgs, main: FileFact | undefined): string | undefined | { failed: string } {
  if (args.dest !== undefined) return args.dest
  if (main === undefined) return undefined
  if (!main.exists) return { failed: `there is no ${args.main}: name the main configuration of nginx` }
  const text = utf8(main.content ?? new Uint8Array())
  // Earlier versions wrote all of it into the main file.
  if (args.server !== undefined && hasServers(text, args.server)) return args.main
  const pattern = siteIncludes(text).filter((one) => posix.basename(one).includes('*')).at(-1)
  if (pattern === undefined) {
    return { failed: `${args.main} includes no directory with sites inside of http { }: add \`include ${posix.dirname(args.main!)}/conf.d/*.conf;\` as its last line there. It is yours, and is not changed here` }
  }
  // Last among its neighbours: who comes first answers for names that no site has.
  const [, before = '', after = ''] = /^([^*]*)\*(.*)$/.exec(posix.basename(pattern))!
  return posix.resolve(posix.dirname(args.main!), posix.dirname(pattern), `${before}zz-apim${after || '.conf'}`)
}

/** What is wrong with a file that is named: the main one does not include it. */
export function unread(args: LoadbalancerArgs, dest: string, main: FileFact | undefined): string[] {
  if (args.kind !== 'nginx' || args.main === undefined || args.main === dest || !main?.content) return []
  const directory = posix.dirname(args.main)
  const matches = (pattern: string) => new RegExp(`^${posix.resolve(directory, pattern).replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}$`).test(dest)
  if (siteIncludes(utf8(main.content)).some(matches)) return []
  return [`${args.main} does not include ${dest} by itself: if no other file does, nginx never reads it`]
}
