/** What a key of the data model can be, where there are only certain words. */
export const DATABASES = ['postgresql', 'mysql', 'mssql', 'oracle', 'db2'] as const
/** Those that have a program that can ask them. */
export const WITH_CLIENT = ['postgresql', 'mysql']
export const BALANCERS = ['nginx', 'haproxy', 'external'] as const
export const CONTENT_SYNC = ['nfs', 'mount', 'directory', 'rsync', 'database', 'none'] as const
export const ANALYTICS = ['worker', 'choreo', 'elk', 'moesif'] as const
export const FIREWALLS = ['nftables', 'ufw'] as const
