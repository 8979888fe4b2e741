/** Names that the engine itself defines. */
const magic = new Set([
  'inventory_hostname',
  'inventory_hostname_short',
  'inventory_dir',
  'inventory_file',
  'playbook_dir',
  'aarun_package_dir',
  'groups',
  'group_names',
  'hostvars',
  'vars',
  'omit',
  'environment',
  'play_hosts',
  'role_name',
  'role_path',
  'role_names',
  'role_uuid',
  'undef',
  'lookup',
  'query',
  'q',
  'now',
  'discovered_interpreter_python',
  'true',
  'false',
  'none',
  'True',
  'False',
  'None',
])

/** Inside a file that `template` renders. */
export const templateNames = [
  'template_host',
  'template_uid',
  'template_path',
  'template_fullpath',
  'template_destpath',
  'template_run_date',
  'template_mtime',
]

/** Facts and connection variables all begin alike: which ones a host has is not known before. */
export function isMagic(name: string): boolean {
  return magic.has(name) || name.startsWith('ansible_')
}
