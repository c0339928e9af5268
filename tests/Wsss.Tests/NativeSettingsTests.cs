namespace Wsss.Tests;

public sealed class NativeSettingsTests
{
    [Theory]
    [InlineData("AuthenticAMD", true, true, true)]
    [InlineData("AuthenticAMD", true, false, false)]
    [InlineData("AuthenticAMD", false, true, false)]
    [InlineData("GenuineIntel", true, true, false)]
    [InlineData("", false, false, false)]
    public void Kernels_that_go_wrong_are_avoided_on_the_machines_where_they_do(string vendor, bool avx512, bool isVirtual, bool avoided)
    {
        (string, string)[] expected = avoided
            ? [("OMP_WAIT_POLICY", "passive"), ("ONEDNN_MAX_CPU_ISA", "SSE41")]
            : [("OMP_WAIT_POLICY", "passive")];
        Assert.Equal(expected, NativeSettings.For((vendor, avx512, isVirtual)));
    }

    [Fact]
    public void The_processor_is_the_one_that_Linux_sees()
    {
        Assert.SkipUnless(File.Exists("/proc/cpuinfo"), "There is no /proc/cpuinfo.");
        string[] words = File.ReadAllText("/proc/cpuinfo").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Assert.SkipUnless(words.Contains("vendor_id"), "Not an x86 processor.");
        var (vendor, avx512, isVirtual) = NativeSettings.Processor();
        Assert.Contains(vendor, words);
        Assert.Equal((words.Contains("avx512f"), words.Contains("hypervisor")), (avx512, isVirtual));
    }
}
