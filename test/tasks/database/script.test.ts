/** Scripts as the vendors' own clients read them, in each dialect. The samples have the shapes of the product's scripts. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readScript, type Script } from '../../../tasks/database/script.ts'
import { missingRights } from '../../../tasks/database/rights.ts'
import { urlOf } from '../../../tasks/database/dialects.ts'
import type { Engine } from '../../../tasks/database/sql.ts'

const read = (engine: Engine, text: string): Script => readScript(new Uint8Array(Buffer.from(text)), engine)
const parts = (engine: Engine, text: string) => read(engine, text).statements.map(({ sql }) => sql)
const labels = (engine: Engine, text: string) => read(engine, text).statements.map(({ label }) => label)

test('Oracle: / on a line of its own ends a statement, ; ends plain SQL, and neither ends PL/SQL within', () => {
  const text = [
    '-- a comment; with / in it',
    'CREATE TABLE ONE (ID NUMBER(10), T VARCHAR2(20) DEFAULT \'a;b\'\'/\')',
    '/\t  ',
    'CREATE OR REPLACE TRIGGER TR BEFORE INSERT ON ONE REFERENCING NEW AS NEW FOR EACH ROW',
    '  BEGIN',
    '    SELECT S.nextval / 1 INTO :NEW.ID FROM dual;',
    '  END;',
    '/',
    '/',
    'SET DEFINE OFF',
    'PROMPT almost; done',
    "INSERT INTO ONE VALUES (1, q'[it's; fine]');",
    'DECLARE n NUMBER; BEGIN n := 1; END;',
    '  /',
    'CREATE SEQUENCE S START WITH 1 NOCACHE;',
    '/',
    'CREATE TABLE "Two"(ID INTEGER)',
  ].join('\n')
  assert.equal(parts('oracle', text), [
    "CREATE TABLE ONE (ID NUMBER(10), T VARCHAR2(20) DEFAULT 'a;b''/')",
    'CREATE OR REPLACE TRIGGER TR BEFORE INSERT ON ONE REFERENCING NEW AS NEW FOR EACH ROW\n  BEGIN\n    SELECT S.nextval / 1 INTO :NEW.ID FROM dual;\n  END;',
    "INSERT INTO ONE VALUES (1, q'[it's; fine]')",
    'DECLARE n NUMBER; BEGIN n := 1; END;',
    'CREATE SEQUENCE S START WITH 1 NOCACHE',
    'CREATE TABLE "Two"(ID INTEGER)',
  ])
  const script = read('oracle', text)
  assert.equal(script.tables, ['one', 'two'])
  assert.equal([...script.creates].sort(), ['SEQUENCE', 'TABLE', 'TRIGGER'])
  assert.equal(labels('oracle', text).slice(0, 2), ['line 2: CREATE TABLE ONE', 'line 4: CREATE OR REPLACE TRIGGER TR BEFORE'])
})

test('SQL Server: batches between GO, and their statements, with what stands behind IF', () => {
  const text = [
    "IF NOT  EXISTS (SELECT * FROM SYS.OBJECTS WHERE OBJECT_ID = OBJECT_ID(N'[DBO].[ONE]') AND TYPE IN (N'U'))",
    'CREATE TABLE [dbo].[ONE] (ID INTEGER IDENTITY(1,1), PRIMARY KEY (ID));',
    "IF EXISTS (SELECT NAME FROM SYSINDEXES WHERE NAME = 'IDX')",
    'DROP INDEX ONE.IDX',
    'CREATE INDEX IDX ON ONE(ID);',
    "IF NOT EXISTS (SELECT 1) BEGIN INSERT INTO ONE VALUES ('GO;'); SELECT CASE WHEN 1=1 THEN 1 END; END;",
    'BEGIN TRANSACTION; COMMIT;',
    '  go  ',
    'CREATE TRIGGER TR ON ONE AFTER DELETE AS',
    'BEGIN',
    '  DECLARE @x INT; SET @x = 1; CREATE TABLE #t (a INT);',
    'END;',
    'GO 1 -- once',
    "INSERT INTO ONE VALUES ('",
    'GO',
    "')",
    'CREATE TABLE TWO (ID INTEGER)',
  ].join('\n')
  assert.equal(labels('mssql', text), [
    'line 1: CREATE TABLE ONE',
    'line 3: IF EXISTS',
    'line 6: IF NOT EXISTS',
    'line 7: BEGIN TRANSACTION',
    'line 7: COMMIT',
    'line 9: CREATE TRIGGER TR ON ONE AFTER',
    'line 14: CREATE TABLE TWO',
  ])
  assert.equal(read('mssql', text).tables, ['one', 'two'])
  assert.match(parts('mssql', text)[2]!, /^IF NOT EXISTS.*END; END$/)
  assert.match(parts('mssql', text)[5]!, /END;$/)
})

test('DB2: what ends a statement is at the end of a line: / or @, else ; outside of blocks', () => {
  const body = 'CREATE TRIGGER TR NO CASCADE BEFORE INSERT ON ONE REFERENCING NEW AS NEW FOR EACH ROW MODE DB2SQL\n\nBEGIN ATOMIC\n  SET (NEW.ID) = (NEXTVAL FOR S);END'
  const all = (end: string) => `CREATE TABLE IF NOT EXISTS ONE(ID DECIMAL(31,0), T VARCHAR(9) DEFAULT '/')${end}\n\n${body}${end}\nCREATE SEQUENCE S\n  NO CACHE\n  ${end}\nCREATE BUFFERPOOL B PAGESIZE 32K\n${end} -- as big\n`
  for (const end of ['/', '@', ';']) {
    assert.equal(parts('db2', all(end)), ["CREATE TABLE IF NOT EXISTS ONE(ID DECIMAL(31,0), T VARCHAR(9) DEFAULT '/')", body, 'CREATE SEQUENCE S\n  NO CACHE', 'CREATE BUFFERPOOL B PAGESIZE 32K'])
  }
  assert.equal(parts('db2', `--#SET TERMINATOR @\n${body}@\n--#SET TERMINATOR ;\nCREATE TABLE TWO (A INT, B INT);\nCOMMIT;\n`), [body, 'CREATE TABLE TWO (A INT, B INT)', 'COMMIT'])
  assert.equal(parts('db2', 'CREATE TABLE ONE (A INT);\n/\nSELECT 4 / 2 FROM ONE/\n'), ['CREATE TABLE ONE (A INT)', 'SELECT 4 / 2 FROM ONE'])
  assert.equal([...read('db2', all('/')).creates].sort(), ['BUFFERPOOL', 'SEQUENCE', 'TABLE', 'TRIGGER'])
})

test('MySQL: DELIMITER, comments, texts with backslashes', () => {
  const text = "# one; two\nCREATE TABLE a$b (t VARCHAR(9) DEFAULT 'x\\';y'); -- c;\ndelimiter $$\nCREATE PROCEDURE p() BEGIN SELECT 1; END$$\nDELIMITER ;\n/*!40101 SET NAMES utf8 */;\nINSERT INTO `a;b` VALUES (1) # end;\n;"
  assert.equal(parts('mysql', text), ["CREATE TABLE a$b (t VARCHAR(9) DEFAULT 'x\\';y')", 'CREATE PROCEDURE p() BEGIN SELECT 1; END', '/*!40101 SET NAMES utf8 */', 'INSERT INTO `a;b` VALUES (1)'])
  assert.equal(read('mysql', text).tables, ['a$b'])
})

test('PostgreSQL: bodies between $tags$, and no transaction of its own', () => {
  assert.equal(parts('postgresql', "BEGIN;\nCREATE FUNCTION f() AS $x$ BEGIN; END; $x$ LANGUAGE plpgsql;\nDO $$ ; $$;\nINSERT INTO t VALUES ('\\');\nCOMMIT WORK;"), [
    'CREATE FUNCTION f() AS $x$ BEGIN; END; $x$ LANGUAGE plpgsql',
    'DO $$ ; $$',
    "INSERT INTO t VALUES ('\\')",
  ])
})

test('what is said of a statement is its head: no value, and no text', () => {
  assert.equal(labels('mysql', "INSERT INTO t VALUES ('secret');\nSET PASSWORD = 'secret';\nALTER TABLE a.b ADD x INT;"), ['line 1: INSERT INTO t VALUES', 'line 2: SET PASSWORD =', 'line 3: ALTER TABLE a.b ADD'])
})

test('a script in latin1 keeps its letters', () => {
  assert.equal(readScript(new Uint8Array([...Buffer.from("SELECT '"), 0xe4, ...Buffer.from("'")]), 'oracle').statements[0]!.sql, "SELECT 'ä'")
})

test('rights: of what a script makes, and what contains it', () => {
  const missing = (engine: Engine, held: string[], creates: string[]) => missingRights(engine, held, new Set(creates))
  assert.equal(missing('oracle', ['CREATE SESSION', 'CREATE TABLE', 'QUOTA'], ['TABLE', 'TRIGGER', 'FUNCTION', 'PROCEDURE']), ['CREATE TRIGGER', 'CREATE PROCEDURE'])
  assert.equal(missing('oracle', ['CREATE TABLE', 'UNLIMITED TABLESPACE'], ['TABLE']), [])
  assert.equal(missing('mssql', ['CONNECT', 'CREATE TABLE', 'SCHEMA SELECT'], ['TABLE']), ['ALTER on its schema'])
  assert.equal(missing('mssql', ['CONTROL', 'SCHEMA CONTROL'], ['TABLE', 'VIEW']), [])
  assert.equal(missing('db2', ['DBADM'], ['TABLE', 'TABLESPACE', 'BUFFERPOOL']), ['SYSCTRL (the script makes a table space)', 'SYSCTRL (the script makes a buffer pool)'])
})

test('URLs, with options as each driver reads them', () => {
  const url = (engine: Engine, options: string[]) => urlOf(engine, 'db:1', 'apim', options)
  assert.is(url('postgresql', ['a=1', 'b=2']), 'jdbc:postgresql://db:1/apim?a=1&b=2')
  assert.is(url('mysql', []), 'jdbc:mysql://db:1/apim')
  assert.is(url('mssql', ['encrypt=true', 'b=2']), 'jdbc:sqlserver://db:1;databaseName={apim};encrypt=true;b=2')
  assert.is(url('oracle', ['a=1']), 'jdbc:oracle:thin:@db:1/apim?a=1')
  assert.is(url('db2', ['sslConnection=true', 'b=2']), 'jdbc:db2://db:1/apim:sslConnection=true;b=2;')
})

test.run()
