/** What a kind of load balancer has to tell, so that both are planned alike. */
import type { CommandFact, Probe } from '../../../src/module/index.ts'
import type { LoadbalancerArgs } from './arguments.ts'

/** The files, and by what the running processes are found. */
export interface Place {
  dest: string
  pid: string
}

export interface Balancer {
  /** Asked before all else: how the program was built. */
  build?(args: LoadbalancerArgs): Probe<'command'>
  /** Where the master writes its number. `text` is the main configuration, as it is or will be. */
  pidFile(args: LoadbalancerArgs, text: string, build: CommandFact | undefined): string
  processes(args: LoadbalancerArgs, place: Place): Probe<'command'>
  /** A command that accepts the candidate, `%s`. */
  test(args: LoadbalancerArgs, dest: string): string[]
  start(args: LoadbalancerArgs, place: Place): string[]
  reload(args: LoadbalancerArgs, place: Place): string[]
  stop(args: LoadbalancerArgs, place: Place): string[]
}

export const programOf = (args: LoadbalancerArgs): string => args.program ?? args.kind
export const mainOf = (args: LoadbalancerArgs, dest: string): string => args.main ?? dest
/** The file is one of several: others serve from the same processes. */
export const isShared = (args: LoadbalancerArgs, dest: string): boolean => mainOf(args, dest) !== dest
