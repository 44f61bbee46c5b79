extension String {
  /// A layer's name as a part of the path of a parameter.
  ///
  /// Keras allows slashes in names: the kernels of `conv1/conv` and of a part `conv` of the layer `conv1` are two.
  public var asPathPart: String { contains("/") ? replacing("/", with: "\u{2215}") : self }

  /// The name that ``asPathPart`` was made from.
  public var fromPathPart: String { contains("\u{2215}") ? replacing("\u{2215}", with: "/") : self }
}

extension [String] {
  /// The names of models and layers, from the outermost down, as the path of what the last one declares.
  public var parameterPath: String { map(\.asPathPart).joined(separator: "/") }
}
