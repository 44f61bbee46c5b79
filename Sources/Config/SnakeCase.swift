extension String {
  /// Keras's `to_snake_case`: `LeakyReLU` is `leaky_re_lu`, `Conv2D` is `conv2d`.
  package var snakeCased: String {
    // Exported by another name than the class has.
    if self == "GroupQueryAttention" { return "grouped_query_attention" }
    let letters = Array(self)
    var out = ""
    for (i, letter) in letters.enumerated() {
      let next = i + 1 < letters.count ? letters[i + 1] : " "
      if i > 0 && letter.isUppercase {
        let previous = letters[i - 1]
        if next.isLowercase || previous.isLowercase { out += "_" }
      }
      out += letter.lowercased()
    }
    return out
  }
}
