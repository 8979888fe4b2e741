/**
 * npm runs this before it installs. Earlier versions kept generated passwords, keys and nodes inside of the package,
 * and npm deletes the package that it replaces. It has put that aside by now, beside the new one: when something of the
 * kind is in it, this ends the upgrade, and npm puts everything back.
 */
import { lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'

const home = process.cwd()
const beside = dirname(home)
// In a clone nothing is replaced.
const replaced = basename(beside) === 'node_modules' ? readdirSync(beside).filter((name) => name.startsWith(`.${basename(home)}-`)) : []
for (const name of replaced) for (const kind of ['local', 'example']) keep(join(beside, name, '.aarun', kind), join(home, '.aarun', kind), kind)

/** What is at `path` now was at `place` before, and comes back there. */
function keep(path, place, kind) {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (!stat) return
  // What was moved away and is still looked for under its old name.
  if (stat.isSymbolicLink()) {
    mkdirSync(dirname(place), { recursive: true })
    if (!lstatSync(place, { throwIfNoEntry: false })) symlinkSync(readlinkSync(path), place)
    return
  }
  const option = /^[\w./-]+$/.test(place) ? `apim_state=${place}` : `'${JSON.stringify({ apim_state: place })}'`
  process.stderr.write(`
passwords and keys of a deployment are in ${place}, and this upgrade would delete them.
It has been stopped, and npm puts everything back. Move them out of the package first, to an absolute path on the same
file system, and leave a link, under which a deployment that runs finds its files:

  mkdir -p DIRECTORY/.aarun && mv '${place}' DIRECTORY/.aarun/${kind} && ln -s DIRECTORY/.aarun/${kind} '${place}'

Then install again, and run aarun in DIRECTORY${kind === 'local' ? `: first stop the deployment under its old name (nothing is removed), then start it
under the new one:

  aarun playbooks/teardown.yaml --skip-tags remove -e ${option}
  aarun playbooks/site.yaml` : ', with -e apim_state=DIRECTORY/.aarun/example'}
`)
  process.exit(1)
}
