/** All task modules. */
import type { TaskModule } from '../src/module/index.ts'
import add_host from './add_host.ts'
import apt from './apt.ts'
import assert from './assert.ts'
import blockinfile from './blockinfile.ts'
import command from './command.ts'
import copy from './copy.ts'
import cron from './cron.ts'
import database from './database.ts'
import database_user from './database_user.ts'
import debug from './debug.ts'
import dnf from './dnf.ts'
import fail from './fail.ts'
import find from './find.ts'
import fetch from './fetch.ts'
import file from './file.ts'
import getent from './getent.ts'
import group from './group.ts'
import group_by from './group_by.ts'
import hostname from './hostname.ts'
import include_vars from './include_vars.ts'
import keystore from './keystore.ts'
import lineinfile from './lineinfile.ts'
import loadbalancer from './loadbalancer.ts'
import meta from './meta.ts'
import mount from './mount.ts'
import mysql_db from './mysql_db.ts'
import mysql_user from './mysql_user.ts'
import package_ from './package.ts'
import pause from './pause.ts'
import ping from './ping.ts'
import postgresql_db from './postgresql_db.ts'
import postgresql_user from './postgresql_user.ts'
import programs from './programs.ts'
import raw from './raw.ts'
import replace from './replace.ts'
import schema from './schema.ts'
import script from './script.ts'
import secret_vault from './secret_vault.ts'
import server from './server.ts'
import service from './service.ts'
import set_fact from './set_fact.ts'
import set_stats from './set_stats.ts'
import setup from './setup.ts'
import shell from './shell.ts'
import slurp from './slurp.ts'
import stat from './stat.ts'
import synchronize from './synchronize.ts'
import sysctl from './sysctl.ts'
import systemd from './systemd.ts'
import tempfile from './tempfile.ts'
import template from './template.ts'
import toml from './toml.ts'
import unarchive from './unarchive.ts'
import get_url from './get_url.ts'
import uri from './uri.ts'
import user from './user.ts'
import wait_for from './wait_for.ts'
import wait_for_connection from './wait_for_connection.ts'

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
