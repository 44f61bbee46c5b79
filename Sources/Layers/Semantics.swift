/// Whose arithmetic a model follows where the versions of Keras differ.
///
/// A model from a file follows the Keras that wrote it, so that it goes on as it would have there.
public enum Semantics: Sendable, Hashable {
  case keras2, keras3
}
