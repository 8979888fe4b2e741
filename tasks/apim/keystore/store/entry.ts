/** What the bytes of a store tell, whatever its format. */
import type { Entry } from '../keytool-output.ts'

export interface StoredEntry {
  alias: string
  kind: Entry['kind']
  /** DER, the first of the chain. */
  certificate?: Buffer
  /** Is this the password of the key? Only where it can be another than that of the store. */
  opensWith?: (password: string) => boolean
}

/** What a format has to tell. */
export type Opened = { entries: StoredEntry[] } | { wrongPassword: true }
