// Everything a program needs that builds, trains, saves and loads models: `import Runexp`.
@_exported import Config
@_exported import Diagnostics
@_exported import GraphEngine
@_exported import Layers
@_exported import Losses
@_exported import Optimizers
@_exported import TensorCore
@_exported import Training

import RunexpCommands

/// Runs the `runexp` command line of a program of your own, and ends it.
///
/// Layers registered before, with ``LayerRegistry/register(_:)``, can be used in experiment files:
///
///     LayerRegistry.register(Swish.self)
///     runexpMain()
public func runexpMain() -> Never { RunexpCommands.Runexp.start() }
