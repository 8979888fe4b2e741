/**
 * May this account make what the script makes? Asked before the first statement: Oracle and DB2 keep what was made before
 * the one that was refused.
 */
import type { Engine } from './sql.ts'

interface Right {
  /** One of these is enough. */
  any: string[]
  /** What an administrator is asked for. */
  grant: string
}

const QUESTIONS: Partial<Record<Engine, string>> = {
  mssql:
    "select permission_name from fn_my_permissions(null, 'DATABASE') " +
    "union select 'SCHEMA ' + permission_name from fn_my_permissions(schema_name(), 'SCHEMA')",
  // A quota is no privilege, and without one the first row that is stored is refused (ORA-01950).
  oracle: "select privilege from session_privs union select 'QUOTA' from user_ts_quotas where max_bytes <> 0",
  db2:
    "select authority from table(sysproc.auth_list_authorities_for_authid(current user, 'U')) as t " +
    "where 'Y' in (d_user, d_group, d_public, role_user, role_group, role_public, d_role)",
}

const ORACLE = (name: string): Right => ({ any: [name], grant: name })

/** Of what a script creates, what it needs for it; DBADM and the like contain the smaller ones. */
const NEEDED: Partial<Record<Engine, Record<string, Right[]>>> = {
  mssql: {
    TABLE: [
      { any: ['CREATE TABLE', 'ALTER', 'CONTROL'], grant: 'CREATE TABLE' },
      { any: ['SCHEMA ALTER', 'SCHEMA CONTROL'], grant: 'ALTER on its schema' },
    ],
    PROCEDURE: [{ any: ['CREATE PROCEDURE', 'ALTER', 'CONTROL'], grant: 'CREATE PROCEDURE' }],
    VIEW: [{ any: ['CREATE VIEW', 'ALTER', 'CONTROL'], grant: 'CREATE VIEW' }],
  },
  oracle: {
    TABLE: [ORACLE('CREATE TABLE'), { any: ['QUOTA', 'UNLIMITED TABLESPACE'], grant: 'QUOTA UNLIMITED on its tablespace' }],
    SEQUENCE: [ORACLE('CREATE SEQUENCE')],
    TRIGGER: [ORACLE('CREATE TRIGGER')],
    PROCEDURE: [ORACLE('CREATE PROCEDURE')],
    FUNCTION: [ORACLE('CREATE PROCEDURE')],
    PACKAGE: [ORACLE('CREATE PROCEDURE')],
    VIEW: [ORACLE('CREATE VIEW')],
    TYPE: [ORACLE('CREATE TYPE')],
  },
  db2: {
    TABLE: [{ any: ['CREATETAB', 'DBADM', 'SYSADM'], grant: 'CREATETAB' }],
    BUFFERPOOL: [{ any: ['SYSCTRL', 'SYSADM'], grant: 'SYSCTRL (the script makes a buffer pool)' }],
    TABLESPACE: [{ any: ['SYSCTRL', 'SYSADM'], grant: 'SYSCTRL (the script makes a table space)' }],
  },
}

/** SQL whose rows are rights that the account has; undefined where an owner may do all that is needed. */
export const rightsQuestion = (engine: Engine): string | undefined => QUESTIONS[engine]

/** What is missing, as an administrator would be asked for it. */
export function missingRights(engine: Engine, held: string[], creates: Set<string>): string[] {
  const own = new Set(held.map((name) => name.toUpperCase()))
  const needed = [...creates].flatMap((kind) => NEEDED[engine]?.[kind] ?? [])
  return [...new Set(needed.filter(({ any }) => !any.some((name) => own.has(name))).map(({ grant }) => grant))]
}
