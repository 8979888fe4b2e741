export { type Group, type Host, Inventory } from './inventory.ts'
export type { Layer } from './vars-directory.ts'
export { loadInventory, type InventoryOptions } from './load.ts'
export { splitPattern } from './pattern.ts'
