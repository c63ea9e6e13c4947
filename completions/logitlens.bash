# bash completion for logitlens

_logitlens() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local commands="sweep dump inspect verify convert models"
  local model="--threads --hash --verbose --help" text="--file --max-length" options=""
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "$commands --help --version" -- "$current"))
    return
  fi
  case $previous in
    --mask) COMPREPLY=($(compgen -W "each none" -- "$current")); return ;;
    --lens) COMPREPLY=($(compgen -W "full norm bias raw" -- "$current")); return ;;
    --color) COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
    --max-length) COMPREPLY=($(compgen -W "refuse truncate" -- "$current")); return ;;
    --precision) COMPREPLY=($(compgen -W "f32" -- "$current")); return ;;
    --format)
      if [[ ${COMP_WORDS[1]} == inspect ]]; then
        COMPREPLY=($(compgen -W "text json" -- "$current"))
      else
        COMPREPLY=($(compgen -W "text json ndjson csv html" -- "$current"))
      fi
      return ;;
    --file | -o | --output | --against) compopt -o default; return ;;
  esac
  case ${COMP_WORDS[1]} in
    sweep)
      options="$model $text --mask --lens --stats --layers --target --top -o --output --format --force --precision
               --allow-nonfinite --color --quiet" ;;
    dump) options="$model $text -o --output --force" ;;
    inspect) options="$model --format --quiet" ;;
    verify) options="$model --against" ;;
    convert) options="--force --verbose --help" ;;
    models) options="--verbose --help" ;;
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
  else
    if ((COMP_CWORD == 2)) && [[ ${COMP_WORDS[1]} != models ]]; then
      COMPREPLY=($(compgen -W "demo" -- "$current"))
    fi
    compopt -o default
    COMPREPLY+=($(compgen -d -- "$current"))
  fi
}
complete -F _logitlens logitlens
