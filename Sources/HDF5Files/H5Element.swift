import CHDF5
import Diagnostics

/// The type of the numbers of a dataset as stored.
public enum H5Element: String, Sendable, CaseIterable {
  case float16, bfloat16, float32, float64, int8, int16, int32, int64, uint8, uint16, uint32, uint64

  /// Whether the numbers are whole.
  public var isInteger: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: false
    default: true
    }
  }

  /// What a stored type is, whatever its byte order; `nil` for what is not a number of a usual size.
  ///
  /// HDF5 has no bfloat16: h5py stores two bytes without a meaning, which nothing else that is read here has.
  init?(type: hid_t) {
    let size = H5Tget_size(type)
    switch (H5Tget_class(type), size) {
    case (H5T_OPAQUE, 2): self = .bfloat16
    case (H5T_FLOAT, 2) where H5Tget_ebias(type) == 127: self = .bfloat16
    case (H5T_FLOAT, 2): self = .float16
    case (H5T_FLOAT, 4): self = .float32
    case (H5T_FLOAT, 8): self = .float64
    case (H5T_INTEGER, 1): self = H5Tget_sign(type) == H5T_SGN_2 ? .int8 : .uint8
    case (H5T_INTEGER, 2): self = H5Tget_sign(type) == H5T_SGN_2 ? .int16 : .uint16
    case (H5T_INTEGER, 4): self = H5Tget_sign(type) == H5T_SGN_2 ? .int32 : .uint32
    case (H5T_INTEGER, 8): self = H5Tget_sign(type) == H5T_SGN_2 ? .int64 : .uint64
    default: return nil
    }
  }

  /// The little-endian type to store.
  func makeFileType() throws(Diagnostic) -> Handle {
    let type = try Handle(H5Tcopy(standardType)) { .cannotWrite("a \(rawValue)", $0) }
    if self == .float16 {
      H5Tset_fields(type.id, 15, 10, 5, 0, 10)
      H5Tset_size(type.id, 2)
      H5Tset_ebias(type.id, 15)
    } else if self == .bfloat16 {
      H5Tset_fields(type.id, 15, 7, 8, 0, 7)
      H5Tset_size(type.id, 2)
    }
    return type
  }

  private var standardType: hid_t {
    switch self {
    case .float16, .bfloat16, .float32: h5_float32()
    case .float64: h5_float64()
    case .int8: h5_int8()
    case .int16: h5_int16()
    case .int32: h5_int32()
    case .int64: h5_int64()
    case .uint8: h5_uint8()
    case .uint16: h5_uint16()
    case .uint32: h5_uint32()
    case .uint64: h5_uint64()
    }
  }
}
