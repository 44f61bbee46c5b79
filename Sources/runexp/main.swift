import RunexpCommands

Runexp.start()
