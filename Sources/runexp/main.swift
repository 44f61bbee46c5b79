import ArgumentParser
import RunexpCommands

Runexp.main()
