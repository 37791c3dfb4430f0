/** What may stand behind each command. */
export type Completed = Readonly<
  Record<string, { readonly words: readonly string[]; readonly options: readonly string[] }>
>;

/** Behind these words of `semstreams flow` stands the id of a flow; the server is asked which there are. */
const ofFlows = ['get', 'delete', 'deploy', 'start', 'stop', 'status', 'logs', 'tap'];
const listIds = "semstreams flow list 2>/dev/null | awk 'NR > 1 { print $1 }'";

const names = (all: Completed): string => ['--help', '--version', ...Object.keys(all)].join(' ');

const cases = (all: Completed, line: (name: string, words: string) => string, of: 'words' | 'options'): string =>
  Object.entries(all)
    .filter(([, command]) => command[of].length > 0)
    .map(([name, command]) => line(name, command[of].join(' ')))
    .join('\n');

const bash = (all: Completed): string => `# words of semstreams for bash: source <(semstreams completion bash)
_semstreams() {
  local word=\${COMP_WORDS[COMP_CWORD]} command=\${COMP_WORDS[1]} words=
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${names(all)}"
  elif [[ $word == -* ]]; then
    case $command in
${cases(all, (name, words) => `      ${name}) words="${words}" ;;`, 'options')}
    esac
  elif [ "$COMP_CWORD" -eq 2 ]; then
    case $command in
${cases(all, (name, words) => `      ${name}) words="${words}" ;;`, 'words')}
    esac
  elif [ "$COMP_CWORD" -eq 3 ] && [ "$command" = flow ]; then
    case \${COMP_WORDS[2]} in
      ${ofFlows.join('|')}) words=$(${listIds}) ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _semstreams semstreams`;

const zsh = (all: Completed): string => `#compdef semstreams
# words of semstreams for zsh: source <(semstreams completion zsh)
_semstreams() {
  local -a found
  if (( CURRENT == 2 )); then
    found=(${names(all)})
  elif [[ $words[CURRENT] == -* ]]; then
    case $words[2] in
${cases(all, (name, words) => `      (${name}) found=(${words}) ;;`, 'options')}
    esac
  elif (( CURRENT == 3 )); then
    case $words[2] in
${cases(all, (name, words) => `      (${name}) found=(${words}) ;;`, 'words')}
    esac
  elif (( CURRENT == 4 )) && [[ $words[2] == flow ]]; then
    case $words[3] in
      (${ofFlows.join('|')}) found=(\${(f)"$(${listIds})"}) ;;
    esac
  fi
  if (( $#found )); then compadd -- $found; else _files; fi
}
if whence compdef > /dev/null; then compdef _semstreams semstreams; fi`;

const fish = (all: Completed): string =>
  [
    '# words of semstreams for fish: semstreams completion fish | source',
    `complete -c semstreams -n __fish_use_subcommand -f -a '${names(all)}'`,
    ...Object.entries(all).flatMap(([name, { words, options }]) => {
      const isNamed = `__fish_seen_subcommand_from ${name}`;
      return [
        ...(words.length > 0
          ? [
              `complete -c semstreams -n '${isNamed}; and test (count (commandline -opc)) -eq 2' -f -a '${words.join(' ')}'`,
            ]
          : []),
        ...options.map((option) => `complete -c semstreams -n '${isNamed}' -l ${option.slice(2)}`),
      ];
    }),
    `complete -c semstreams -n '__fish_seen_subcommand_from flow; and test (count (commandline -opc)) -eq 3; and __fish_seen_subcommand_from ${ofFlows.join(' ')}' -f -a "(${listIds.replace('$', '\\$')})"`,
  ].join('\n');

/** The script of each shell that is known. */
export const shells: Readonly<Record<string, (all: Completed) => string>> = { bash, zsh, fish };
