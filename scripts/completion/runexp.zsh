#compdef runexp
# Completion of runexp for zsh: the program itself says what can stand at the cursor.
_runexp() {
  local -a whole wholeTexts parts partTexts
  local text note line="${(j: :)words[1,CURRENT-1]} $PREFIX"
  while IFS=$'\t' read -r text note; do
    # After a folder or the name of a parameter the word goes on.
    if [[ $text == *[/=] ]]; then
      parts+=("$text")
      partTexts+=("$text${note:+  -- $note}")
    else
      whole+=("$text")
      wholeTexts+=("$text${note:+  -- $note}")
    fi
  done < <("${words[1]/#\~/$HOME}" complete -- "$line" 2>/dev/null)
  compadd -l -d wholeTexts -a whole
  compadd -l -S '' -d partTexts -a parts
}
if [ "$funcstack[1]" = _runexp ]; then _runexp "$@"; else compdef _runexp runexp; fi
