public import KernelABI

#if KERNEL_AVX512
  private let variant: StaticString = "avx512"
#elseif KERNEL_AVX2
  private let variant: StaticString = "avx2"
#else
  private let variant: StaticString = "baseline"
#endif

/// The kernels of this module, each in the file that holds what it computes.
struct Compiled: KernelSet {
  static var name: StaticString { variant }
}

/// The only entry of this module: something whose type has the kernels.
///
/// Call it only after the processor was found to have the instructions.
public func compiledKernels() -> some KernelSet { Compiled() }
