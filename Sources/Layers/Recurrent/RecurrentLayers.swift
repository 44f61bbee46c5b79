public import Config
import KernelABI

/// `h = tanh(x · kernel + h · recurrent_kernel + bias)`, step by step.
///
/// Elman, "Finding structure in time" (1990). Keras: `keras.layers.SimpleRNN`.
public struct SimpleRNN: CellLayer, Configurable {
  public var settings: RecurrentSettings
  public init(_ units: Int) { settings = RecurrentSettings(units) }
  public var cells: [RecurrentCell] {
    [RecurrentCell(path: "simple_rnn_cell", kind: .simple, settings: settings)]
  }

  public static let schema = Schema(
    "SimpleRNN", "A state that is mixed with each step.", prototype: Self(1),
    fields: RecurrentSettings.fields(
      without: ["recurrent_activation", "unit_forget_bias", "reset_after"], at: \Self.settings))

  public static let dialects = KerasDialects(.recurrent) { $0.keras1.weights = .init(3) }
}

/// Long short-term memory: a cell's content that gates write, forget and show.
///
/// Hochreiter and Schmidhuber, "Long short-term memory" (1997), with the forget gate of Gers, Schmidhuber and Cummins
/// (2000). Gates in the order input, forget, candidate, output. Keras: `keras.layers.LSTM`.
public struct LSTM: CellLayer, Configurable {
  public var settings: RecurrentSettings
  public init(_ units: Int) { settings = RecurrentSettings(units) }
  public var cells: [RecurrentCell] {
    [RecurrentCell(path: "lstm_cell", kind: .lstm, settings: settings)]
  }

  public static let schema = Schema(
    "LSTM", "Long short-term memory.", prototype: Self(1),
    fields: RecurrentSettings.fields(without: ["reset_after"], at: \Self.settings))

  public static let dialects = KerasDialects(.recurrent) {
    // Written as input, cell, forget and output.
    $0.keras1.weights = .init(3, gates: [0, 2, 1, 3])
  }
}

/// A gated recurrent unit: a state that is partly kept and partly renewed.
///
/// Cho et al., "Learning phrase representations using RNN encoder-decoder" (2014). Gates in the order update, reset,
/// candidate; with `reset_after` the bias is (2, 3 · units), one row for the input and one for the state. Keras:
/// `keras.layers.GRU`.
public struct GRU: CellLayer, Configurable {
  public var settings: RecurrentSettings
  public init(_ units: Int) { settings = RecurrentSettings(units) }
  public var cells: [RecurrentCell] {
    [RecurrentCell(path: "gru_cell", kind: settings.resetAfter ? .gru : .gruResetBefore, settings: settings)]
  }

  public static let schema = Schema(
    "GRU", "A gated recurrent unit.", prototype: Self(1),
    fields: RecurrentSettings.fields(without: ["unit_forget_bias"], at: \Self.settings))

  public static let dialects = KerasDialects(.recurrent) {
    $0.keras1.weights = .init(3, gates: [0, 1, 2])
    $0.keras2.meant = meantByKeras2
  }

  /// Before it was a setting the gate came first.
  static let meantByKeras2 = [ConfigNode.Entry("reset_after", false)]
}
