/** Names of keys that hold secrets: passwords, tokens, private keys. Used where a user has named none. */
const NAMES = /pass(word|wd|phrase)|secret|credential|(^|_)token$|(^|_)(private|api|encryption|symmetric|auth)_?key$|^(moesif)?key$/i

/** Is the value at this path of keys a secret? All of [secrets] is. */
export const namesSecret = (keys: readonly string[]): boolean => keys[0] === 'secrets' || NAMES.test(keys.at(-1) ?? '')
