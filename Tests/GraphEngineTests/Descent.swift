import GraphEngine
import KernelABI

/// The pass of plain gradient descent.
func descent(
  _ weights: AlignedBuffer, _ gradients: AlignedBuffer, rate: AlignedBuffer, _ kernels: KernelTable
) -> UpdatePass {
  .ranges { range in
    // The rule reads no slots.
    withUnsafePointer(to: gradients.pointer) {
      kernels.update(
        UpdateRule.descent.rawValue, weights.pointer, gradients.pointer, $0, range.lowerBound, range.count,
        UnsafePointer(rate.pointer))
    }
  }
}
