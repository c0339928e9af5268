# Sourced by wsss and test.sh: what the native libraries below need to be told. A value that is set already stays.

# Idle OpenMP threads that spin starve the image workers on small machines.
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-passive}"
# On virtual machines with an AMD processor and AVX-512, oneDNN's AVX kernels gave NaN in training and other bits each time;
# its SSE kernels do not, and take 1.3 to 1.5 times as long (environment.md, "Known problems").
if grep -q AuthenticAMD /proc/cpuinfo 2>/dev/null && grep -qw avx512f /proc/cpuinfo && grep -qw hypervisor /proc/cpuinfo; then
  export ONEDNN_MAX_CPU_ISA="${ONEDNN_MAX_CPU_ISA:-SSE41}"
fi
