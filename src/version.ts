/** The version of the program: that of its package, which a bundle has inside. */
import manifest from '../package.json' with { type: 'json' }

export const version: string = manifest.version
