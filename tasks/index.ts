/** All task modules. */
import apt from './apt.ts'
import blockinfile from './blockinfile.ts'
import command from './command.ts'
import copy from './copy.ts'
import cron from './cron.ts'
import database from './database.ts'
import database_user from './database_user.ts'
import dnf from './dnf.ts'
import fetch from './fetch.ts'
import file from './file.ts'
import group from './group.ts'
import keystore from './keystore.ts'
import lineinfile from './lineinfile.ts'
import mysql_db from './mysql_db.ts'
import mysql_user from './mysql_user.ts'
import package_ from './package.ts'
import postgresql_db from './postgresql_db.ts'
import postgresql_user from './postgresql_user.ts'
import programs from './programs.ts'
import raw from './raw.ts'
import replace from './replace.ts'
import schema from './schema.ts'
import script from './script.ts'
import service from './service.ts'
import shell from './shell.ts'
import slurp from './slurp.ts'
import stat from './stat.ts'
import synchronize from './synchronize.ts'
import systemd from './systemd.ts'
import tempfile from './tempfile.ts'
import template from './template.ts'
import user from './user.ts'
import type { TaskModule } from '../src/module/index.ts'

export const modules: TaskModule[] = [
  apt as unknown as TaskModule,
  blockinfile as unknown as TaskModule,
  command as unknown as TaskModule,
  copy as unknown as TaskModule,
  cron as unknown as TaskModule,
  database as unknown as TaskModule,
  database_user as unknown as TaskModule,
  dnf as unknown as TaskModule,
  fetch as unknown as TaskModule,
  file as unknown as TaskModule,
  group as unknown as TaskModule,
  keystore as unknown as TaskModule,
  lineinfile as unknown as TaskModule,
  mysql_db as unknown as TaskModule,
  mysql_user as unknown as TaskModule,
  package_ as unknown as TaskModule,
  postgresql_db as unknown as TaskModule,
  postgresql_user as unknown as TaskModule,
  programs as unknown as TaskModule,
  raw as unknown as TaskModule,
  replace as unknown as TaskModule,
  schema as unknown as TaskModule,
  script as unknown as TaskModule,
  service as unknown as TaskModule,
  shell as unknown as TaskModule,
  slurp as unknown as TaskModule,
  stat as unknown as TaskModule,
  synchronize as unknown as TaskModule,
  systemd as unknown as TaskModule,
  tempfile as unknown as TaskModule,
  template as unknown as TaskModule,
  user as unknown as TaskModule,
]
