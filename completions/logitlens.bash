# bash completion for logitlens

_logitlens() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local commands="sweep trace ladder render dump inspect verify convert models"
  local model="--threads --hash --verbose --help" text="--second --file --max-length" options=""
  local figure="--figure --stat --positions --theme --width"
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "$commands --help --version" -- "$current"))
    return
  fi
  case $previous in
    --mask) COMPREPLY=($(compgen -W "each words none" -- "$current")); return ;;
    --taps) COMPREPLY=($(compgen -W "layer attention all" -- "$current")); return ;;
    --words) COMPREPLY=($(compgen -W "final target best" -- "$current")); return ;;
    --lens) COMPREPLY=($(compgen -W "full norm final_norm bias raw" -- "$current")); return ;;
    --color) COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
    --max-length) COMPREPLY=($(compgen -W "refuse truncate window" -- "$current")); return ;;
    --logits) COMPREPLY=($(compgen -W "auto all screened" -- "$current")); return ;;
    --precision) COMPREPLY=($(compgen -W "f32 int8" -- "$current")); return ;;
    --figure) COMPREPLY=($(compgen -W "heatmap panels text laminar trajectories" -- "$current")); return ;;
    --theme) COMPREPLY=($(compgen -W "light dark" -- "$current")); return ;;
    --format)
      if [[ ${COMP_WORDS[1]} == inspect ]]; then
        COMPREPLY=($(compgen -W "text json" -- "$current"))
      else
        COMPREPLY=($(compgen -W "text json ndjson csv html svg png pdf" -- "$current"))
      fi
      return ;;
    --file | --class-file | -o | --output | --against) compopt -o default; return ;;
  esac
  case ${COMP_WORDS[1]} in
    sweep)
      options="$model $text --mask --window-stride --lens --taps --stats --layers --target --top -o --output --format --force --logits --precision
               --allow-nonfinite --color --quiet --class-file $figure" ;;
    trace)
      options="$model $text --position --stat --words --token --lens --mask --layers --target -o --output --format --force
               --theme --width --allow-nonfinite --color --quiet" ;;
    ladder)
      options="$model $text --mask --layers --target --top -o --output --format --force --theme --width --allow-nonfinite
               --color --quiet" ;;
    render) options="-o --output --format --force --color --quiet --verbose --help $figure" ;;
    dump) options="$model $text --taps -o --output --force" ;;
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
