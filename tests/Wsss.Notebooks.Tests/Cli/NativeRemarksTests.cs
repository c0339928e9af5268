using System.Text;
using Wsss.Cli;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class NativeRemarksTests
{
    private const string Remark = "[W1126 17:10:40.4 NNPACK.cpp:56] Could not initialize NNPACK! Reason: Unsupported hardware.\n";

    [Theory]
    [InlineData("", "")]
    [InlineData("a\n", "a\n")]
    [InlineData("a\nb", "a\nb")]
    [InlineData(Remark, "")]
    [InlineData("a\n" + Remark + Remark + "b\n\n" + Remark + "c", "a\nb\n\nc")]
    [InlineData("initialize NNPACK\n", "initialize NNPACK\n")]
    public void One_remark_is_left_out_and_all_else_passes(string said, string expected)
    {
        foreach (int piece in (int[])[1, 7, 5000])
        {
            using var to = new MemoryStream();
            using var from = new Pieces(Encoding.UTF8.GetBytes(said), piece);
            NativeRemarks.Pass(from, to);
            Assert.Equal(expected, Encoding.UTF8.GetString(to.ToArray()));
        }
    }

    /// <summary>Gives its bytes a few at a time, as a pipe may.</summary>
    private sealed class Pieces(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(most, buffer.Length)]);
    }
}
