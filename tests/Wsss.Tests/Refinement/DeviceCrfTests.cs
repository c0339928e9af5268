using System.Text.RegularExpressions;

namespace Wsss.Tests.Refinement;

public sealed partial class DeviceCrfTests
{
    [Fact]
    public void No_CRF_takes_more_threads_than_it_is_told() => Assert.Empty(SourceLines.Matching("Wsss", WithoutThreads(), []));

    [Theory]
    [InlineData("var crf = new DenseCrf(Crf);", true)]
    [InlineData("() => new DenseCrf(crf, threads: 1),", false)]
    [InlineData("new DenseCrf(options, get_num_threads());", false)]
    public void A_CRF_without_threads_is_noticed(string code, bool expected) => Assert.Equal(expected, WithoutThreads().IsMatch(code));

    [GeneratedRegex(@"new DenseCrf\([^,()]*\)")]
    private static partial Regex WithoutThreads();
}
