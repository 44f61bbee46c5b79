/// Whose arithmetic a model follows where Keras 2 and Keras 3 differ for the same configuration.
///
/// A model read from a file keeps that of the version that wrote it.
public enum Semantics: String, Sendable { case keras2, keras3 }
