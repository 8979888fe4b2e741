/** All task modules. */
import type { TaskModule } from '../src/module/index.ts'
import add_host from './control/add_host.ts'
import apt from './packages/apt.ts'
import assert from './control/assert.ts'
import blockinfile from './files/blockinfile.ts'
import command from './commands/command.ts'
import copy from './files/copy.ts'
import cron from './services/cron.ts'
import database from './database/database.ts'
import database_user from './database/database_user.ts'
import debug from './control/debug.ts'
import dnf from './packages/dnf.ts'
import fail from './control/fail.ts'
import find from './files/find.ts'
import fetch from './files/fetch.ts'
import file from './files/file.ts'
import getent from './accounts/getent.ts'
import group from './accounts/group.ts'
import group_by from './control/group_by.ts'
import hostname from './system/hostname.ts'
import include_vars from './control/include_vars.ts'
import keystore from './apim/keystore.ts'
import lineinfile from './files/lineinfile.ts'
import loadbalancer from './apim/loadbalancer.ts'
import meta from './control/meta.ts'
import mount from './system/mount.ts'
import mysql_db from './database/mysql_db.ts'
import mysql_user from './database/mysql_user.ts'
import package_ from './packages/package.ts'
import pause from './control/pause.ts'
import ping from './control/ping.ts'
import postgresql_db from './database/postgresql_db.ts'
import postgresql_user from './database/postgresql_user.ts'
import programs from './apim/programs.ts'
import raw from './commands/raw.ts'
import replace from './files/replace.ts'
import schema from './database/schema.ts'
import script from './commands/script.ts'
import secret_vault from './apim/secret_vault.ts'
import server from './apim/server.ts'
import service from './services/service.ts'
import set_fact from './control/set_fact.ts'
import set_stats from './control/set_stats.ts'
import setup from './system/setup.ts'
import shell from './commands/shell.ts'
import slurp from './files/slurp.ts'
import stat from './files/stat.ts'
import synchronize from './files/synchronize.ts'
import sysctl from './system/sysctl.ts'
import systemd from './services/systemd.ts'
import tempfile from './files/tempfile.ts'
import template from './files/template.ts'
import toml from './apim/toml.ts'
import unarchive from './files/unarchive.ts'
import get_url from './files/get_url.ts'
import uri from './network/uri.ts'
import user from './accounts/user.ts'
import wait_for from './network/wait_for.ts'
import wait_for_connection from './network/wait_for_connection.ts'

// Each has arguments of its own type; the registry checks them by the schema.
export const modules = [
  add_host,
  apt,
  assert,
  blockinfile,
  command,
  copy,
  cron,
  database,
  database_user,
  debug,
  dnf,
  fail,
  find,
  fetch,
  file,
  getent,
  group,
  group_by,
  hostname,
  include_vars,
  keystore,
  lineinfile,
  loadbalancer,
  meta,
  mount,
  mysql_db,
  mysql_user,
  package_,
  pause,
  ping,
  postgresql_db,
  postgresql_user,
  programs,
  raw,
  replace,
  schema,
  script,
  secret_vault,
  server,
  service,
  set_fact,
  set_stats,
  setup,
  shell,
  slurp,
  stat,
  synchronize,
  sysctl,
  systemd,
  tempfile,
  template,
  toml,
  unarchive,
  get_url,
  uri,
  user,
  wait_for,
  wait_for_connection,
] as unknown as TaskModule[]
