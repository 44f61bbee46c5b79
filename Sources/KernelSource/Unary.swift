import KernelABI

/// Scale and alpha of "Self-Normalizing Neural Networks" (Klambauer et al., 2017), as Keras rounds them.
private let seluScale: Float = 1.050_700_987_355_48, seluAlpha: Float = 1.673_263_242_354_37
private let inverseRoot2: Float = 0.707_106_781_186_547_5
private let inverseRoot2Pi: Float = 0.398_942_280_401_432_7
private let root2OverPi: Float = 0.797_884_560_802_865_4

/// In place is a loop of its own: the compiler's vectors are for memory that does not overlap.
@inline(__always) private func each(_ x: In, _ y: Out, _ count: Int, _ f: (Float) -> Float) {
  if x == In(y) {
    for i in 0..<count { y[i] = f(y[i]) }
  } else {
    for i in 0..<count { y[i] = f(x[i]) }
  }
}

@inline(__always) private func normalCDF(_ x: Float) -> Float { 0.5 * (1 + erf(x * inverseRoot2)) }

private let twoOverRootPi: Float = 1.128_379_167_095_512_6

@inline(__always) private func magnitude(_ x: Float) -> Float { float(bits(x) & 0x7fff_ffff) }
@inline(__always) private func relu6(_ x: Float) -> Float { x < 0 ? 0 : x > 6 ? 6 : x }

/// The argument of tanh in the approximate gelu.
@inline(__always) private func geluArgument(_ x: Float) -> Float {
  root2OverPi * fma(x * x * x, 0.044_715, x)
}

extension Compiled {
  static func unary(_ function: Int32, _ x: In, _ y: Out, _ count: Int, _ parameter: Float) {
    guard let function = UnaryFunction(rawValue: function) else { return }
    switch function {
    case .relu: each(x, y, count) { $0 <= 0 ? 0 : $0 }
    case .leakyRelu: each(x, y, count) { $0 < 0 ? parameter * $0 : $0 }
    case .elu: each(x, y, count) { $0 > 0 ? $0 : parameter * expm1OfNegative($0) }
    case .selu: each(x, y, count) { seluScale * ($0 > 0 ? $0 : seluAlpha * expm1OfNegative($0)) }
    case .gelu: each(x, y, count) { $0 * normalCDF($0) }
    case .geluTanh: each(x, y, count) { 0.5 * $0 * (1 + tanh(geluArgument($0))) }
    case .sigmoid: each(x, y, count) { sigmoid($0) }
    case .tanh: each(x, y, count) { tanh($0) }
    case .softplus: each(x, y, count) { softplus($0) }
    case .silu: each(x, y, count) { $0 * sigmoid($0) }
    case .exp: each(x, y, count) { exp($0) }
    case .log: each(x, y, count) { log($0) }
    case .square: each(x, y, count) { $0 * $0 }
    case .abs: each(x, y, count) { float(bits($0) & 0x7fff_ffff) }
    case .negate: each(x, y, count) { 0 - $0 }
    case .reciprocal: each(x, y, count) { 1 / $0 }
    case .sqrt: each(x, y, count) { $0.squareRoot() }
    case .clipUnit:
      let upper = 1 - parameter
      each(x, y, count) { $0 < parameter ? parameter : $0 > upper ? upper : $0 }
    case .log1p: each(x, y, count) { log1p(anyOf: $0) }
    case .expm1: each(x, y, count) { expm1($0) }
    case .rsqrt: each(x, y, count) { 1 / $0.squareRoot() }
    case .sin: each(x, y, count) { sin($0) }
    case .cos: each(x, y, count) { cos($0) }
    case .tan: each(x, y, count) { tan($0) }
    case .asin: each(x, y, count) { asin($0) }
    case .acos: each(x, y, count) { acos($0) }
    case .atan: each(x, y, count) { arctangent($0, 1) }
    case .sinh: each(x, y, count) { sinh($0) }
    case .cosh: each(x, y, count) { cosh($0) }
    case .asinh: each(x, y, count) { asinh($0) }
    case .acosh: each(x, y, count) { acosh($0) }
    case .atanh: each(x, y, count) { atanh($0) }
    case .erf: each(x, y, count) { erf($0) }
    case .sign: each(x, y, count) { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }
    case .floor: each(x, y, count) { $0.rounded(.down) }
    case .ceil: each(x, y, count) { $0.rounded(.up) }
    case .round: each(x, y, count) { $0.rounded(.toNearestOrEven) }
    case .relu6: each(x, y, count) { relu6($0) }
    case .hardSigmoid: each(x, y, count) { relu6($0 + 3) / 6 }
    case .hardSilu: each(x, y, count) { $0 * (relu6($0 + 3) / 6) }
    case .hardTanh: each(x, y, count) { $0 < -1 ? -1 : $0 > 1 ? 1 : $0 }
    case .celu:
      each(x, y, count) { $0 > 0 ? $0 : parameter * expm1OfNegative($0 / parameter) }
    case .softsign: each(x, y, count) { $0 / (1 + magnitude($0)) }
    case .mish: each(x, y, count) { $0 * tanh(softplus($0)) }
    case .logSigmoid: each(x, y, count) { 0 - softplus(0 - $0) }
    case .oldHardSigmoid:
      each(x, y, count) { x in
        let line = 0.2 * x + 0.5
        return line < 0 ? 0 : line > 1 ? 1 : line
      }
    }
  }
}

/// The gradient of x from x, y and the gradient of y.
@inline(__always)
private func each(_ x: In, _ y: In, _ g: In, _ d: Out, _ count: Int, _ f: (Float, Float, Float) -> Float) {
  if g == In(d) {
    for i in 0..<count { d[i] = f(x[i], y[i], d[i]) }
  } else if x == In(d) && y == x {
    // Where x is needed no more, y stands for it.
    for i in 0..<count { d[i] = f(d[i], d[i], g[i]) }
  } else if x == In(d) {
    for i in 0..<count { d[i] = f(d[i], y[i], g[i]) }
  } else {
    for i in 0..<count { d[i] = f(x[i], y[i], g[i]) }
  }
}

extension Compiled {
  static func unaryGradient(
    _ function: Int32, _ x: In, _ y: In, _ g: In, _ d: Out, _ count: Int, _ parameter: Float
  ) {
    guard let function = UnaryFunction(rawValue: function) else { return }
    switch function {
    case .relu: each(x, y, g, d, count) { _, y, g in y > 0 ? g : 0 }
    case .leakyRelu: each(x, y, g, d, count) { x, _, g in x <= 0 ? parameter * g : g }
    case .elu: each(x, y, g, d, count) { x, y, g in x > 0 ? g : g * (y + parameter) }
    case .selu:
      each(x, y, g, d, count) { x, y, g in x >= 0 ? g * seluScale : g * (y + seluScale * seluAlpha) }
    case .gelu:
      each(x, y, g, d, count) { x, _, g in
        g * fma(x * inverseRoot2Pi, exp(-0.5 * x * x), normalCDF(x))
      }
    case .geluTanh:
      each(x, y, g, d, count) { x, _, g in
        let t = tanh(geluArgument(x))
        let slope = root2OverPi * fma(3 * 0.044_715, x * x, 1)
        return g * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * slope)
      }
    case .sigmoid: each(x, y, g, d, count) { _, y, g in g * y * (1 - y) }
    case .tanh: each(x, y, g, d, count) { _, y, g in g * (1 - y * y) }
    case .softplus: each(x, y, g, d, count) { x, _, g in g * sigmoid(x) }
    case .silu:
      each(x, y, g, d, count) { x, y, g in
        let s = sigmoid(x)
        return g * fma(y, 1 - s, s)
      }
    case .exp: each(x, y, g, d, count) { _, y, g in g * y }
    case .log: each(x, y, g, d, count) { x, _, g in g / x }
    case .square: each(x, y, g, d, count) { x, _, g in g * (x + x) }
    case .abs: each(x, y, g, d, count) { x, _, g in x > 0 ? g : x < 0 ? 0 - g : 0 }
    case .negate: each(x, y, g, d, count) { _, _, g in 0 - g }
    case .reciprocal: each(x, y, g, d, count) { _, y, g in 0 - g * y * y }
    case .sqrt: each(x, y, g, d, count) { _, y, g in 0.5 * g / y }
    case .clipUnit:
      let upper = 1 - parameter
      each(x, y, g, d, count) { x, _, g in x >= parameter && x <= upper ? g : 0 }
    case .log1p: each(x, y, g, d, count) { x, _, g in g / (1 + x) }
    case .expm1: each(x, y, g, d, count) { _, y, g in g * (y + 1) }
    case .rsqrt: each(x, y, g, d, count) { _, y, g in -0.5 * g * (y * y * y) }
    case .sin: each(x, y, g, d, count) { x, _, g in g * cos(x) }
    case .cos: each(x, y, g, d, count) { x, _, g in 0 - g * sin(x) }
    case .tan: each(x, y, g, d, count) { _, y, g in g * fma(y, y, 1) }
    case .asin: each(x, y, g, d, count) { x, _, g in g / ((1 - x) * (1 + x)).squareRoot() }
    case .acos: each(x, y, g, d, count) { x, _, g in 0 - g / ((1 - x) * (1 + x)).squareRoot() }
    case .atan: each(x, y, g, d, count) { x, _, g in g / fma(x, x, 1) }
    case .sinh: each(x, y, g, d, count) { x, _, g in g * cosh(x) }
    case .cosh: each(x, y, g, d, count) { x, _, g in g * sinh(x) }
    case .asinh: each(x, y, g, d, count) { x, _, g in g / fma(x, x, 1).squareRoot() }
    case .acosh: each(x, y, g, d, count) { x, _, g in g / ((x - 1) * (x + 1)).squareRoot() }
    case .atanh: each(x, y, g, d, count) { x, _, g in g / ((1 - x) * (1 + x)) }
    case .erf: each(x, y, g, d, count) { x, _, g in g * (twoOverRootPi * exp(0 - x * x)) }
    case .relu6: each(x, y, g, d, count) { x, _, g in x > 0 && x < 6 ? g : 0 }
    case .hardSigmoid: each(x, y, g, d, count) { x, _, g in x > -3 && x < 3 ? g / 6 : 0 }
    case .hardSilu:
      each(x, y, g, d, count) { x, _, g in
        g * (relu6(x + 3) / 6 + (x > -3 && x < 3 ? x / 6 : 0))
      }
    case .hardTanh: each(x, y, g, d, count) { x, _, g in x >= -1 && x <= 1 ? g : 0 }
    case .celu: each(x, y, g, d, count) { x, y, g in x > 0 ? g : g * (y / parameter + 1) }
    case .softsign:
      each(x, y, g, d, count) { x, _, g in
        let s = 1 + magnitude(x)
        return g / (s * s)
      }
    case .mish:
      each(x, y, g, d, count) { x, _, g in
        let t = tanh(softplus(x))
        return g * fma(x * (1 - t * t), sigmoid(x), t)
      }
    case .logSigmoid: each(x, y, g, d, count) { x, _, g in g * sigmoid(0 - x) }
    case .oldHardSigmoid: each(x, y, g, d, count) { x, _, g in x > -2.5 && x < 2.5 ? g * 0.2 : 0 }
    // They are flat; the engine does not ask.
    case .sign, .floor, .ceil, .round: each(x, y, g, d, count) { _, _, _ in 0 }
    }
  }
}
