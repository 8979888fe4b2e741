/** The kernel's table of TCP connections (/proc/net/tcp), for `wait_for` with state drained. */

const STATES: Record<string, string> = {
  '01': 'ESTABLISHED',
  '02': 'SYN_SENT',
  '03': 'SYN_RECV',
  '04': 'FIN_WAIT1',
  '05': 'FIN_WAIT2',
  '06': 'TIME_WAIT',
  '07': 'CLOSE',
  '08': 'CLOSE_WAIT',
  '09': 'LAST_ACK',
  '0A': 'LISTEN',
  '0B': 'CLOSING',
}

export const ACTIVE_STATES = ['ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'SYN_RECV', 'SYN_SENT', 'TIME_WAIT']

export interface Connection {
  local: string
  localPort: number
  remote: string
  remotePort: number
  state: string
}

export function parseConnections(text: string): Connection[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]{2}) /.exec(line)
    if (!match) return []
    const [, local, localPort, remote, remotePort, state] = match as unknown as [string, string, string, string, string, string]
    return [
      {
        local: address(local),
        localPort: Number.parseInt(localPort, 16),
        remote: address(remote),
        remotePort: Number.parseInt(remotePort, 16),
        state: STATES[state] ?? state,
      },
    ]
  })
}

/** Words of four bytes, each in the order of the machine (all that we meet are little-endian). */
function address(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)),
  )
  if (bytes.length === 4) return bytes.join('.')
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255
  if (mapped) return bytes.slice(12).join('.')
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[index * 2]! << 8) | bytes[index * 2 + 1]!).toString(16))
  return groups
    .join(':')
    .replace(/\b0(:0)+\b/, ':')
    .replace(/:{3,}/, '::')
}
