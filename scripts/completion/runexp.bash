# Completion of runexp for bash: the program itself says what can stand at the cursor.
_runexp() {
  local line=${COMP_LINE:0:COMP_POINT} word candidates candidate
  # Bash ends words at '=' and ':', which are parts of words of runexp: what stands before them is typed already.
  word=${line##*[[:space:]]}
  local typed=${word%"$2"}
  mapfile -t candidates < <("${1/#\~/$HOME}" complete -- "$line" 2>/dev/null)
  COMPREPLY=()
  for candidate in "${candidates[@]}"; do
    candidate=${candidate%%$'\t'*}
    COMPREPLY+=("${candidate#"$typed"}")
  done
  case ${#COMPREPLY[@]}:${COMPREPLY[0]-} in
    1:*=) compopt -o nospace ;;
    1:*/) compopt -o nospace -o filenames ;;
    *) [[ ${COMPREPLY[*]} == *=* ]] || compopt -o filenames ;;
  esac
}
complete -F _runexp runexp
