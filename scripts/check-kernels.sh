#!/usr/bin/env bash
# Checks that a kernel module brings no code that the linker would share with the rest of the program.
#
# Specialisations of standard-library generics are weak symbols with the same name in every module, and the linker
# keeps one copy for all: an AVX-512 copy of `Array.append` would end the program on an older machine, far from
# any kernel. So every weak function of a kernel module must carry the name of its module, or be listed below.
set -euo pipefail
cd "$(dirname "$0")/.."

# Weak in every module and free of vector code: the runtime's own helpers, copies and releases of what crosses the border,
# and the range check of a function's number.
allowed='^(__swift_reflection_version|__swift_instantiate[A-Za-z]+|__swift_memcpy[0-9_]+|__swift_noop_void_return)$'
allowed_demangled='^(outlined (copy|consume|retain|release|destroy|init with (copy|take)|assign with (copy|take)) of KernelABI\.GemmTask|(function signature specialization <.*> of )?KernelABI\.(UnaryFunction|BinaryFunction|ReduceFunction|UpdateRule)\.init\(rawValue: Swift\.Int32\) -> .*)$'

checked=0
failed=0
for module in KernelsBaseline KernelsAVX2 KernelsAVX512; do
  for configuration in release debug; do
    shopt -s nullglob
    objects=(.build/"$configuration"/"$module".build/*.o .build/"$configuration"/"$module".build/Shared/*.o)
    [ ${#objects[@]} -gt 0 ] || continue
    checked=$((checked + 1))
    # Mangled names hold the module's name with its length before it.
    weak=$(nm "${objects[@]}" | awk '$2 == "W" { print $3 }' | sort -u |
      grep -v -F "${#module}$module" | grep -v -E "$allowed" || true)
    while read -r symbol; do
      [ -n "$symbol" ] || continue
      plain=$(swift demangle --compact "$symbol")
      if ! [[ $plain =~ $allowed_demangled ]]; then
        echo "$module ($configuration) leaks $plain [$symbol]" >&2
        failed=$((failed + 1))
      fi
    done <<<"$weak"
  done
done

# The sums of a tile must stay in registers: an inner loop that multiplies and uses the stack as well would run at
# half speed. It does when the compiler no longer unrolls every loop over the sums (see GemmTile.swift).
for module in KernelsAVX2 KernelsAVX512; do
  object=.build/release/$module.build/GemmTile.swift.o
  [ -f "$object" ] || continue
  spilling=$(objdump -d --no-show-raw-insn "$object" | awk '
    { address = $1; sub(":", "", address); multiplies[NR] = /vfmadd/; stacks[NR] = /\(%rsp/; line[address] = NR }
    $2 ~ /^j/ && $3 in line && line[$3] < NR && line[$3] > innermost {
      f = s = 0
      for (i = line[$3]; i <= NR; i++) { f += multiplies[i]; s += stacks[i] }
      if (f > 1 && s > 0) bad++
      innermost = NR
    }
    END { print bad + 0 }')
  if [ "$spilling" -gt 0 ]; then
    echo "$module: $spilling inner loops of the matrix product keep their sums in memory" >&2
    failed=$((failed + spilling))
  fi
done

# Kernels for NEON cannot run here, but the toolchain has an embedded standard library for 64-bit ARM: all of them must
# compile with it, and the sums of a tile stay in registers there too.
resources=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
neon="NEON not checked: this toolchain has no embedded library for aarch64"
if [ -e "$resources/embedded/Swift.swiftmodule/aarch64-none-none-elf.swiftmodule" ]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  compile() {
    swiftc -target aarch64-none-none-elf -enable-experimental-feature Embedded -wmo -parse-as-library -swift-version 6 \
      -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault \
      -enable-upcoming-feature MemberImportVisibility -Ounchecked -enforce-exclusivity=unchecked -Xcc -fno-math-errno \
      -warnings-as-errors -I "$folder" "$@"
  }
  compile -module-name KernelABI -emit-module -emit-module-path "$folder/KernelABI.swiftmodule" \
    Sources/KernelABI/*.swift
  # For tests, so that all kernels are there though nothing calls them.
  compile -module-name KernelsBaseline -enable-testing -D KERNEL_BASELINE -emit-assembly -o "$folder/kernels.s" \
    Sources/KernelSource/*.swift
  read -r loops spilling < <(awk '
    /^[A-Za-z_$][^ ]*:/ { isTile = $1 ~ /runTiles/ }
    /^\.?[A-Za-z_$][^ ]*:/ { label = $1; sub(":.*", "", label); line[label] = NR }
    { multiplies[NR] = isTile && /fmla/; stacks[NR] = /\[sp/ }
    $1 ~ /^(b\.|cbn?z|tbn?z|b$)/ && $NF in line && line[$NF] > innermost {
      f = s = 0
      for (i = line[$NF]; i <= NR; i++) { f += multiplies[i]; s += stacks[i] }
      if (f > 1) loops++
      if (f > 1 && s > 0) bad++
      innermost = NR
    }
    END { print loops + 0, bad + 0 }' "$folder/kernels.s")
  if [ "$spilling" -gt 0 ] || [ "$loops" -eq 0 ]; then
    echo "NEON: $spilling of $loops inner loops of the matrix product keep their sums in memory" >&2
    failed=$((failed + spilling + (loops == 0)))
  fi
  neon="NEON compiles, with $loops loops of the matrix product on registers"
fi

if [ "$checked" -eq 0 ]; then
  echo "No kernel objects in .build: run \`swift build\` first." >&2
  exit 1
fi
if [ "$failed" -gt 0 ]; then
  echo "$failed faults: use only what Sources/KernelSource/Lanes.swift offers in kernels." >&2
  exit 1
fi
echo "No weak code leaves the kernels ($checked builds of them). $neon."
