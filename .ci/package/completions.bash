
# bash takes a colon for the end of a word, and ids of checks have two.
_parity_with_colons() {
    declare -F _get_comp_words_by_ref __ltrim_colon_completions >/dev/null || { _parity "${@}"; return; }
    local cur prev words cword
    _get_comp_words_by_ref -n : cur prev words cword
    local -a COMP_WORDS=("${words[@]}")
    local -i COMP_CWORD="${cword}"
    _parity "${1}" "${cur}" "${prev}"
    __ltrim_colon_completions "${cur}"
}
complete -o filenames -F _parity_with_colons parity
