/** What a server says of itself, on a real PostgreSQL and MariaDB, to accounts with rights and without. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import databaseInfo from '../../../tasks/database/database_info.ts'
import databaseUser from '../../../tasks/database/database_user.ts'
import { apply, localHost } from '../harness.ts'
import { mariadb, postgres, type TestServer, whyNoMariadb, whyNoPostgres } from './servers.ts'

const host = await localHost()
const started: TestServer[] = []

const engines = [
  { engine: 'postgresql', missing: whyNoPostgres(), start: postgres, admin: 'postgres', product: 'PostgreSQL' },
  { engine: 'mysql', missing: whyNoMariadb(), start: mariadb, admin: 'root', product: 'MariaDB' },
] as const

for (const { engine, missing, start, admin, product } of engines) {
  if (missing) throw new Error(`this suite needs a server: ${missing}`)
  test(`${engine}: version, and what an account may make`, async () => {
    const server = await start()
    started.push(server)
    const login = { engine, login_host: '127.0.0.1', login_port: server.port, login_user: admin, login_password: server.password }
    const wanted = { databases: ['info_db'], users: ['info_owner'] }
    const ask = async (more: object) => (await apply(databaseInfo, { ...login, ...wanted, ...more })).result as { findings: string[]; product: string; version: string }
    const answer = await ask({})
    assert.equal([answer.findings, answer.product], [[], product])
    assert.match(answer.version, /^\d+\.\d+/)
    await apply(databaseUser, { ...login, name: 'info_guest', password: 'guest-word' })
    const guest = { login_user: 'info_guest', login_password: 'guest-word' }
    assert.equal((await ask(guest)).findings, [`info_guest may not make databases and accounts on 127.0.0.1:${server.port}: give it the right, name another apim.database.admin_user, or make them by hand`])
    // Who has nothing to make needs no right to make it.
    assert.equal((await ask({ ...guest, databases: [], users: [] })).findings, [])
    const wrong = await ask({ login_password: 'another-word' })
    assert.match(wrong.findings.join(), /does not accept the password of \w+: correct apim\.database\.admin_user and apim\.database\.admin_password/)
    assert.not.match(wrong.findings.join(), /another-word/)
    assert.match((await ask({ login_port: 1 })).findings.join(), /no database server answers at 127\.0\.0\.1:1: start it, or correct apim\.database\.host, apim\.database\.port/)
    await apply(databaseUser, { ...login, name: 'info_guest', state: 'absent' })
  })
}

test.after(async () => {
  for (const server of started) await server.stop()
  await host.close()
})
test.run()
