import TensorCore

/// A matrix whose shorter side is a set of orthonormal vectors, every such matrix equally likely: the Q of a normal
/// matrix, with the signs of R's diagonal.
///
/// By Householder's reflections, in double precision and in one order, so that it is the same on every machine.
/// - Returns: the matrix row by row.
func orthogonalMatrix(rows: Int, _ columns: Int, _ stream: RandomStream) -> [Double] {
  let (long, short) = (max(rows, columns), min(rows, columns))
  // By columns, so that reflections run along memory.
  var a = (0..<short).map { j in (0..<long).map { i in Double(stream.normal(i * short + j)) } }
  var reflections: [[Double]] = []
  var signs: [Double] = []
  for k in 0..<short {
    var v = a[k]
    for i in 0..<k { v[i] = 0 }
    let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
    // Away from the diagonal element, so that nothing cancels; R's diagonal is then of the other sign.
    signs.append(v[k] < 0 ? 1 : -1)
    v[k] += v[k] < 0 ? -norm : norm
    let square = v.reduce(0) { $0 + $1 * $1 }
    if square > 0 { for i in k..<long { v[i] *= (2 / square).squareRoot() } }
    for j in k..<short { reflect(&a[j], by: v, from: k) }
    reflections.append(v)
  }
  let q = (0..<short).map { k -> [Double] in
    var column = [Double](repeating: 0, count: long)
    column[k] = signs[k]
    for place in reflections.indices.reversed() { reflect(&column, by: reflections[place], from: place) }
    return column
  }
  return (0..<rows).flatMap { i in (0..<columns).map { j in rows >= columns ? q[j][i] : q[i][j] } }
}

/// `x -= v · (v · x)`, where v is 0 before `first` and has the norm √2.
private func reflect(_ x: inout [Double], by v: [Double], from first: Int) {
  var product = 0.0
  for i in first..<x.count { product += v[i] * x[i] }
  for i in first..<x.count { x[i] -= product * v[i] }
}
