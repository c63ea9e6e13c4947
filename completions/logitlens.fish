# fish completion for logitlens

set -l commands sweep dump inspect verify convert models
complete -c logitlens -n "not __fish_seen_subcommand_from $commands" -f
complete -c logitlens -n "not __fish_seen_subcommand_from $commands" -a sweep -d "mask the tokens of a text, show every layer"
complete -c logitlens -n "not __fish_seen_subcommand_from $commands" -a dump -d "write the hidden states of every layer"
complete -c logitlens -n "not __fish_seen_subcommand_from $commands" -a inspect -d "describe a model"
complete -c logitlens -n "not __fish_seen_subcommand_from $commands" -a verify -d "check a model"
complete -c logitlens -n "not __fish_seen_subcommand_from $commands" -a convert -d "write a safetensors directory"
complete -c logitlens -n "not __fish_seen_subcommand_from $commands" -a models -d "list the models that can be named"
complete -c logitlens -n "not __fish_seen_subcommand_from $commands" -l version -d "version"
complete -c logitlens -l help -d "help and examples"
complete -c logitlens -n "__fish_seen_subcommand_from $commands" -l verbose -d "list all in errors"

set -l models sweep dump inspect verify
complete -c logitlens -n "__fish_seen_subcommand_from $models" -a demo -d "the embedded model"
complete -c logitlens -n "__fish_seen_subcommand_from $models" -l threads -x -d "threads, 0: one a core"
complete -c logitlens -n "__fish_seen_subcommand_from $models" -l hash -d "compute the sha256 of the weight files"
complete -c logitlens -n "__fish_seen_subcommand_from sweep dump" -l file -r -d "read the text from this file"
complete -c logitlens -n "__fish_seen_subcommand_from sweep dump" -l max-length -x -a "refuse truncate" -d "a text that is too long"
complete -c logitlens -n "__fish_seen_subcommand_from sweep dump" -s o -l output -r -d "write a file"
complete -c logitlens -n "__fish_seen_subcommand_from sweep dump convert" -l force -d "overwrite files that exist"
complete -c logitlens -n "__fish_seen_subcommand_from sweep inspect" -l quiet -d "no notes on standard error"

complete -c logitlens -n "__fish_seen_subcommand_from sweep" -l mask -x -a "each none" -d "which positions to mask"
complete -c logitlens -n "__fish_seen_subcommand_from sweep" -l lens -x -a "full norm bias raw" -d "how much of the head"
complete -c logitlens -n "__fish_seen_subcommand_from sweep" -l stats -x -d "only these statistics"
complete -c logitlens -n "__fish_seen_subcommand_from sweep" -l layers -x -d "only these layers"
complete -c logitlens -n "__fish_seen_subcommand_from sweep" -l target -x -d "look for these tokens"
complete -c logitlens -n "__fish_seen_subcommand_from sweep" -l top -x -d "how many likely tokens to keep"
complete -c logitlens -n "__fish_seen_subcommand_from sweep" -l format -x -a "text json ndjson csv html" -d "standard output"
complete -c logitlens -n "__fish_seen_subcommand_from sweep" -l precision -x -a f32 -d "precision"
complete -c logitlens -n "__fish_seen_subcommand_from sweep" -l allow-nonfinite -d "accept NaN and infinity among the weights"
complete -c logitlens -n "__fish_seen_subcommand_from sweep" -l color -x -a "auto always never" -d "colours"
complete -c logitlens -n "__fish_seen_subcommand_from inspect" -l format -x -a "text json" -d "standard output"
complete -c logitlens -n "__fish_seen_subcommand_from verify" -l against -r -d "compare with this reference file"
