export { type Group, type Host, Inventory, type Layer } from './inventory.ts'
export { loadInventory, type InventoryOptions } from './load.ts'
export { writeRunConfig, type SshHost } from './ssh-config.ts'
export { splitPattern } from './pattern.ts'
