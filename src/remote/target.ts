/** How a host is reached, and as whom. */
export type Target =
  | { transport: 'local'; become?: Become }
  | {
      transport: 'ssh'
      host: string
      port?: number
      user?: string
      /** A file for `ssh -F`. */
      config?: string
      identityFile?: string
      /** More arguments for ssh, before the host. */
      options?: string[]
      hostKeyChecking?: 'yes' | 'accept-new' | 'no'
      /** Not supported: ssh takes keys (an agent, an identity file). */
      password?: undefined
      /** Seconds for the connection, default 10. */
      timeout?: number
      become?: Become
    }
  /** A command that runs the program given behind it on the host, such as `docker exec -i NAME`. */
  | { transport: 'exec'; prefix: string[]; become?: Become }

/** Be another user on the host. */
export interface Become {
  user: string
  method: 'sudo' | 'su' | 'doas' | 'runuser'
  password?: string
  flags?: string[]
}

/** The target in words, for messages. */
export function nameOf(target: Target): string {
  switch (target.transport) {
    case 'local':
      return 'this machine'
    case 'exec':
      return target.prefix.join(' ')
    case 'ssh':
      return `${target.user ? `${target.user}@` : ''}${target.host}${target.port ? ` port ${target.port}` : ''}`
  }
}
