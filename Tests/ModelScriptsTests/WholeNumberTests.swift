import Diagnostics
import TensorCore
import Testing

@testable import ModelScripts

/// Whole numbers beyond the 24 bits of a float, and types of fewer bits, as Keras on TensorFlow has them.
@Suite struct WholeNumberTests {
  /// Bodies over `n`, int32 (2, 3), with what they give.
  private static let known =
    "n = convert_to_tensor([[2147483647, 1, -5], [16777217, 16777216, 7]])\n"
    + "f = convert_to_tensor([300.7, -1.5, 70000., 3e9, -3e9, -200., 128., 255.9])\n"

  static let exact: [(String, [Int])] = [
    ("sum(n, axis=-1)", [2_147_483_643, 33_554_440]), ("sum(n)", [-2_113_929_213]),
    ("prod(n, axis=-1)", [-2_147_483_643, 117_440_512]), ("max(n, axis=-1)", [2_147_483_647, 16_777_217]),
    ("min(n, axis=0)", [16_777_217, 1, -5]), ("max(n, axis=-1, keepdims=True)[1, 0]", [16_777_217]),
    ("cumsum(n, axis=-1)[1]", [16_777_217, 33_554_433, 33_554_440]),
    ("cumprod(n, axis=-1)[1]", [16_777_217, 16_777_216, 117_440_512]),
    ("abs(-n)[1]", [16_777_217, 16_777_216, 7]), ("square(n)[1]", [33_554_433, 0, 49]),
    ("(n ** 2)[1]", [33_554_433, 0, 49]), ("(n ** 3)[1]", [50_331_649, 0, 343]),
    ("power(n, convert_to_tensor([0, 1, 3]))[0]", [1, 1, -125]), ("sign(n)[0]", [1, 1, -1]),
    ("sort(n, axis=-1)[1]", [7, 16_777_216, 16_777_217]), ("argsort(n, axis=-1)[1]", [2, 1, 0]),
    ("top_k(n, 2)[0][1]", [16_777_217, 16_777_216]), ("argmax(n, axis=-1)", [0, 0]),
    ("trace(n[:, :2])", [-2_130_706_433]), ("round(n)[1]", [16_777_217, 16_777_216, 7]),
    ("relu(n)[0]", [2_147_483_647, 1, 0]),
    ("tensordot(n, n, axes=[[1], [1]])", [27, 2_147_483_612, 2_147_483_612, 33_554_482]),
    ("matmul(n, transpose(n))[1]", [2_147_483_612, 33_554_482]),
    ("einsum('ij,kj->ik', n, n)[0]", [27, 2_147_483_612]),
    ("(n + 16777217)[1]", [33_554_434, 33_554_433, 16_777_224]), ("maximum(n, 16777217)[1, 1]", [16_777_217]),
    ("(16777217 - n)[1]", [0, 1, 16_777_210]), ("clip(n, -3, 16777217)[0]", [16_777_217, 1, -3]),
    ("floor_divide(n, 3)[0]", [715_827_882, 0, -2]), ("squared_difference(n, n - 5)[1]", [25, 25, 25]),
    // NumPy gives 0 here, TensorFlow an error.
    ("(n // 0)[0]", [0, 0, 0]), ("(n % 0)[0]", [0, 0, 0]), ("mod(n, 0)[1]", [0, 0, 0]),
    ("floor_divide(n, 0)[1]", [0, 0, 0]),
  ]

  @Test(arguments: exact)
  func `whole numbers keep all their digits and wrap around`(body: String, numbers: [Int]) throws {
    // In two parts, which floats hold.
    let split = "y = \(body)\nreturn stack([cast(y // 65536, 'float32'), cast(y % 65536, 'float32')])"
    let parts = try Traced(Self.known + split, numbers: [:]).numbers
    let found = (0..<parts.count / 2).map { Int(parts[$0]) * 65536 + Int(parts[$0 + parts.count / 2]) }
    #expect(found == numbers)
  }

  static let narrow: [(String, [Float])] = [
    ("cast(f, 'int8')", [44, -1, 112, 0, 0, 56, -128, -1]),
    ("cast(f, 'uint8')", [44, 255, 112, 0, 0, 56, 128, 255]),
    ("cast(f, 'int16')", [300, -1, 4464, 0, 0, -200, 128, 255]),
    ("cast(f, tf.uint16)", [300, 65535, 4464, 0, 0, 65336, 128, 255]),
    ("cast(f, 'float16')", [300.75, -1.5, .infinity, .infinity, -.infinity, -200, 128, 255.875]),
    ("cast(f, 'bfloat16')", [300, -1.5, 70144, 3_003_121_664, -3_003_121_664, -200, 128, 256]),
    ("cast(convert_to_tensor([300, -1, 70000, -129]), np.int8)", [44, -1, 112, 127]),
    ("convert_to_tensor([300, -1], 'uint8')", [44, 255]), ("full((2,), 3, 'uint8') + 254", [1, 1]),
    ("cast(convert_to_tensor([0., 2.]), 'bool')", [0, 1]), ("convert_to_tensor([0.5, 0.], 'bool')", [1, 0]),
    // Arithmetic stays in the type, beside plain numbers, too, and however the numbers were moved.
    ("cast(f, 'uint8')[:2] + 200", [244, 199]),
    ("reshape(cast(f, 'int8'), (2, 4))[1] * cast(f, 'int8')[:4]", [0, -56, 0, 0]),
    ("-cast(f, 'uint8')[:2] * 1.0", [-44, -255]), ("cast(f, 'uint8')[:2] / 2", [22, 127.5]),
    ("cast(f, 'uint8')[:2] + cast([1, 2], 'int32')", [45, 257]),
    ("cast(f, 'uint8')[1:2] + cast([-1], 'int8')", [254]), ("cast(f, 'uint8')[:2] > 100", [0, 1]),
    ("cast([1.0, 2049.0], 'float16') + 1", [2, 2048]),
    ("cast([2048.0], 'float16') + cast([3.0], 'float32')", [2051]),
    ("cast([1.0], 'float16') / 3", [0.333251953125]),
    ("cast([6e-8, 2e-8, 65519.0], 'float16')", [5.9604645e-08, 0, 65504]),
  ]

  @Test(arguments: narrow)
  func `types of fewer bits wrap and round as they do in Keras`(body: String, numbers: [Float]) throws {
    let traced = try Traced(Self.known + "return cast(\(body), 'float32')", numbers: [:])
    #expect(traced.numbers == numbers)
  }

  static let mixed: [(String, [Float])] = [
    ("2.5 + n[1]", [16_777_220, 16_777_218, 9.5]), ("(n * 2.0)[0]", [4_294_967_296, 2, -10]),
    ("(n / 2)[0]", [1_073_741_824, 0.5, -2.5]), ("mean(n[1] * 0 + 3)", [3]), ("var(n[1] * 0)", [0]),
    ("l2_normalize(convert_to_tensor([60000, 80000]), axis=0)", [0.6, 0.8]),
    ("average(convert_to_tensor([100000, 300000]), weights=[30000, 30000])", [200_000]),
    ("n[1, 2:] ** -1", [1 / 7]), ("n[1, 2:] ** 0.5", [Float(7).squareRoot()]),
  ]

  @Test(arguments: mixed)
  func `whole numbers beside fractions are fractions`(body: String, numbers: [Float]) throws {
    let traced = try Traced(Self.known + "return \(body)", numbers: [:])
    #expect(zip(traced.numbers, numbers).allSatisfy { abs($0 - $1) <= 1e-6 * abs($1) }, "\(traced.numbers)")
    #expect(traced.numbers.count == numbers.count)
  }

  @Test(arguments: [
    ("tf.reduce_mean(n)", "a whole number in TensorFlow"), ("cast(n, 'uint32')", "'float32', 'int32'"),
    ("cast(n, 'complex64')", "'float32', 'int32'"), ("tf.cast(n, 'string')", "'float32', 'int32'"),
  ])
  func `what TensorFlow would compute in a type that is not there is refused`(body: String, reason: String) {
    let error = #expect(throws: Diagnostic.self) { try Traced(Self.known + "return \(body)", numbers: [:]) }
    #expect(
      error.map { "\($0.message) \($0.help ?? "")".contains(reason) } == true, "\(String(describing: error))")
  }
}
