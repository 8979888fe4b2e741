/** A file as Ansible's stat module describes it. */
import type { FileFact } from '../../src/module/index.ts'
import { showMode } from '../lib/mode.ts'

export function statDict(path: string, fact: FileFact): Record<string, unknown> {
  const { type, mode = 0 } = fact
  return {
    path,
    mode: showMode(mode),
    isdir: type === 'directory',
    ischr: type === 'char',
    isblk: type === 'block',
    isreg: type === 'file',
    isfifo: type === 'fifo',
    islnk: type === 'link',
    issock: type === 'socket',
    uid: fact.uid,
    gid: fact.gid,
    pw_name: fact.owner,
    gr_name: fact.group,
    size: fact.size,
    inode: fact.inode,
    dev: fact.dev,
    nlink: fact.nlink,
    atime: fact.atime,
    mtime: fact.mtime,
    ctime: fact.ctime,
    ...permissions(mode),
    isuid: (mode & 0o4000) !== 0,
    isgid: (mode & 0o2000) !== 0,
  }
}

/** rusr, wusr, xusr, rgrp … xoth. */
function permissions(mode: number): Record<string, boolean> {
  const all: Record<string, boolean> = {}
  for (const [who, shift] of [
    ['usr', 6],
    ['grp', 3],
    ['oth', 0],
  ] as const) {
    for (const [what, bit] of [
      ['r', 4],
      ['w', 2],
      ['x', 1],
    ] as const)
      all[what + who] = ((mode >> shift) & bit) !== 0
  }
  return all
}
