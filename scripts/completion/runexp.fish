# Completion of runexp for fish: the program itself says what can stand at the cursor.
function __runexp_complete
    set -l words (commandline -opc)
    $words[1] complete -- (commandline -cp | string collect) 2>/dev/null
end
complete -c runexp -f -a '(__runexp_complete)'
