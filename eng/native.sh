# Sourced by wsss and test.sh: what the native libraries below need to be told. A value that is set already stays.

# Idle OpenMP threads that spin starve the image workers on small machines.
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-passive}"
# TorchSharp 0.107 may free a number that libtorch still reads when garbage is collected at that moment. Training keeps it off;
# for all the rest, collect less often.
export DOTNET_GCgen0size="${DOTNET_GCgen0size:-0x10000000}"
# AVX-512 kernels of libtorch 2.10 return NaN now and then on some virtual machines (environment.md, "Known problems").
export ONEDNN_MAX_CPU_ISA="${ONEDNN_MAX_CPU_ISA:-AVX2}"
export ATEN_CPU_CAPABILITY="${ATEN_CPU_CAPABILITY:-avx2}"
export MKL_ENABLE_INSTRUCTIONS="${MKL_ENABLE_INSTRUCTIONS:-AVX2}"
