/** A Java keystore holds the entries that it should, by alias and fingerprint. */
import { defineModule } from '../../src/module/index.ts'
import { keystoreArgs } from './keystore/arguments.ts'
import { observeKeystore } from './keystore/observe.ts'
import { planKeystore } from './keystore/plan.ts'

export default defineModule({
  name: 'keystore',
  aliases: ['java_keystore', 'community.general.java_keystore'],
  collection: 'aarun.apim',
  summary: 'Manages a Java keystore or truststore: key pairs, trusted certificates, passwords and exports.',
  description: `Entries are compared by alias and SHA-256 fingerprint, with keytool of a JDK on the host.

A key pair is generated once. When it is there with other names the task fails and says so, because a new key makes
tokens, API keys and encrypted data of the old one unusable; \`renew: true\` makes it all the same.

All changes are made to a copy, which then replaces the store in one step. Passwords are passed to keytool in its
environment, never on its command line.

For WSO2 API Manager: both nodes need the same key pair and the same truststore. Generate on one node, then copy the
files. The truststore wants the certificate twice: under its own alias and as \`gateway_certificate_alias\`. JDKs since 9
make PKCS12 by default; the product's default is JKS, and so is this module's.`,
  examples: `
- name: Key pair of the API Manager
  keystore:
    path: "{{ apim_home }}/repository/resources/security/apim.jks"
    password: "{{ keystore_password }}"
    key_pair:
      alias: apim
      dname: "CN=api.am.example.com, O=Example, C=US"
      san: ["dns:api.am.example.com", "dns:gw.am.example.com", "dns:localhost", "ip:127.0.0.1"]
    export:
      alias: apim
      path: "{{ apim_home }}/repository/resources/security/apim.pem"

- name: Trust it
  keystore:
    path: "{{ apim_home }}/repository/resources/security/client-truststore.jks"
    password: "{{ truststore_password }}"
    old_password: wso2carbon
    trusted:
      - alias: apim
        certificate: "{{ apim_home }}/repository/resources/security/apim.pem"
      - alias: gateway_certificate_alias
        certificate: "{{ apim_home }}/repository/resources/security/apim.pem"
    absent_aliases: [wso2carbon]
`,
  args: keystoreArgs,
  returns: {
    path: 'The keystore.',
    type: 'JKS or PKCS12.',
    exists: 'Whether it is there with at least one entry.',
    aliases: 'Its entries: alias, type (key or trusted), sha256, owner, san and not_after.',
  },
  observe: (args, facts) => observeKeystore(args, facts),
  plan: (args, facts) => planKeystore(args, facts),
})
