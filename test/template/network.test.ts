import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createTemplar } from '../../src/template/index.ts'
import { scopeOf } from './scope.ts'

const templar = createTemplar()
const cases: [template: string, expected: unknown][] = [
  ["{{ '192.168.1.10/24' | ansible.utils.ipaddr }}", '192.168.1.10/24'],
  ["{{ 'nope' | ansible.utils.ipaddr }}", false],
  ["{{ '192.168.1.10/24' | ipaddr('address') }}", '192.168.1.10'],
  ["{{ '192.168.1.10/24' | ipaddr('network') }}", '192.168.1.0'],
  ["{{ '192.168.1.10/24' | ipaddr('netmask') }}", '255.255.255.0'],
  ["{{ '192.168.1.10/24' | ipaddr('broadcast') }}", '192.168.1.255'],
  ["{{ '192.168.1.10/24' | ipaddr('prefix') }}", 24],
  ["{{ '192.168.1.10/24' | ipaddr('subnet') }}", '192.168.1.0/24'],
  ["{{ '192.168.1.0/24' | ipaddr('5') }}", '192.168.1.5/24'],
  ["{{ '192.168.1.0/24' | ipaddr(-1) }}", '192.168.1.255/24'],
  ["{{ '192.168.1.0/24' | ipaddr('net') }}", '192.168.1.0/24'],
  ["{{ '192.168.1.1/24' | ipaddr('net') }}", false],
  ["{{ '192.168.1.0/24' | ipaddr('size') }}", 256],
  ["{{ '10.0.0.0/255.0.0.0' | ipaddr('prefix') }}", 8],
  ["{{ ['10.0.0.1', 'x', '::1'] | ipaddr }}", ['10.0.0.1', '::1']],
  ["{{ ['10.0.0.1', 'x', '::1'] | ansible.utils.ipv4 }}", ['10.0.0.1']],
  ["{{ ['10.0.0.1', 'x', '::1'] | ansible.utils.ipv6 }}", ['::1']],
  ["{{ ['10.0.0.1', '8.8.8.8'] | ipaddr('private') }}", ['10.0.0.1']],
  ["{{ ['10.0.0.1', '8.8.8.8'] | ipaddr('public') }}", ['8.8.8.8']],
  ["{{ ['10.0.0.1', '11.0.0.1'] | ipaddr('10.0.0.0/8') }}", ['10.0.0.1']],
  ["{{ '::1' | ansible.utils.ipwrap }}", '[::1]'],
  ["{{ '10.0.0.1' | ansible.utils.ipwrap }}", '10.0.0.1'],
  ["{{ '2001:db8:0:0:0:0:0:1/64' | ipaddr('network') }}", '2001:db8::'],
  ["{{ '10.0.0.255' | ansible.utils.ipmath(2) }}", '10.0.1.1'],
  ["{{ ['10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/255.0.255.0', '10.0.0.0/x', '', 'fe80::/129'] | ipaddr }}", []],
  ["{{ ['::1/64', '10.0.0.1'] | ansible.utils.ipwrap }}", ['[::1]/64', '10.0.0.1']],
  ["{{ 'no address' | ansible.utils.ipwrap }}", 'no address'],
  ["{{ ['127.1.2.3', '::1', '10.0.0.1'] | ipaddr('loopback') }}", ['127.1.2.3', '::1']],
  ["{{ ['224.0.0.1', 'ff02::1', '10.0.0.1'] | ipaddr('multicast') }}", ['224.0.0.1', 'ff02::1']],
  ["{{ '192.168.1.0/24' | ipaddr('300') }}", false],
  ["{{ 3232235777 | ipaddr }}", '192.168.1.1'],
  ["{{ '1:2:3:4:5:6:7:8' | ipaddr('address') }}", '1:2:3:4:5:6:7:8'],
  ["{{ '10.0.0.1' is ansible.utils.ipv4 }}", true],
  ["{{ '10.0.0.1' is ansible.utils.in_network('10.0.0.0/8') }}", true],
]
for (const [template, expected] of cases) {
  test(template, () => assert.equal(templar.resolve(template, scopeOf({})), expected))
}
test('what is neither a query nor an address is said', () => {
  assert.throws(() => templar.resolve("{{ '10.0.0.1' | ipaddr('nope') }}", scopeOf({})), /unknown query 'nope'/)
  assert.throws(() => templar.resolve("{{ 'nope' | ipmath(1) }}", scopeOf({})), /'nope' is no address/)
})

test.run()
