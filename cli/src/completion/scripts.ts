export const shells = ['bash', 'fish', 'zsh'] as const;
export type Shell = (typeof shells)[number];

// Bash splits words at `=` and `:` too; the line is taken apart at blanks instead, and the answer shortened likewise.
const bash = `# Completion of boti for bash. Load it with: source <(boti completion bash)
_boti() {
  local line=\${COMP_LINE:0:COMP_POINT} words word rest
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  local current=\${words[\${#words[@]} - 1]} given=\${COMP_WORDS[COMP_CWORD]}
  [[ $given == '=' || $given == ':' ]] && given=
  local cut=$((\${#current} - \${#given}))
  COMPREPLY=()
  while IFS=$'\\t' read -r word rest; do
    if [[ $word == ':files' ]]; then
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$given")
      return
    fi
    [[ $word == *= ]] && compopt -o nospace 2>/dev/null
    COMPREPLY+=("\${word:cut}")
  done < <(\${words[0]} __complete "\${words[@]:1}" 2>/dev/null)
}
complete -F _boti boti
`;

const zsh = `#compdef boti
# Completion of boti for zsh. Load it with: source <(boti completion zsh)
_boti() {
  local -a plain open
  local line word
  for line in \${(f)"$(\${words[1]} __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)"}; do
    if [[ $line == ':files' ]]; then
      [[ $PREFIX == --*=* ]] && compset -P '*='
      _files
      return
    fi
    word=\${line%%$'\\t'*}
    if [[ $word == *= ]]; then open+=("$word"); else plain+=("$word"); fi
  done
  compadd -- $plain
  compadd -S '' -- $open
}
compdef _boti boti
`;

const fish = `# Completion of boti for fish. Load it with: boti completion fish | source
function __boti_candidates
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l answer ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
    if test "$answer" = ':files'
        set -l prefix (string match -r '^--[^=]+=' -- "$current")
        __fish_complete_path (string replace -r '^--[^=]+=' '' -- "$current") | string replace -r -- '^' "$prefix"
    else
        printf '%s\\n' $answer
    end
end
complete -c boti -f -a '(__boti_candidates)'
`;

export const completionScripts: Readonly<Record<Shell, string>> = { bash, fish, zsh };
