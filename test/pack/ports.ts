/** Ports of the product. */
import { freeOffset } from '../ports.ts'

const BASE = [9443, 9763, 8243, 8280, 5672, 9611, 9711, 9099, 8099, 8672, 9021, 8021, 9999, 11111]

/** An offset with which the ports of one node, or of more at these distances, are free. */
export function nodeOffset(...distances: number[]): Promise<number> {
  return freeOffset([0, ...distances].flatMap((distance) => BASE.map((port) => port + distance)), 2000, 20_000)
}
