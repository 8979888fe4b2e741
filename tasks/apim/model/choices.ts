/** What a key of the data model can be, where there are only certain words. */
export const DATABASES = ['postgresql', 'mysql'] as const
export const CONTENT_SYNC = ['nfs', 'directory', 'rsync', 'none'] as const
