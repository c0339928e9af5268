using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;
using Wsss.Cli;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class NativeRemarksTests : IDisposable
{
    private const string Remark = "[W1126 17:10:40.4 NNPACK.cpp:56] Could not initialize NNPACK! Reason: Unsupported hardware.\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "")]
    [InlineData("a\n", "a\n")]
    [InlineData("a\nb", "a\nb")]
    [InlineData(Remark, "")]
    [InlineData("a\n" + Remark + Remark + "b\n\n" + Remark + "c", "a\nb\n\nc")]
    [InlineData("initialize NNPACK\n", "initialize NNPACK\n")]
    public void One_remark_is_left_out_and_all_else_passes(string said, string expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there remarks are left out.");
        foreach (int piece in (int[])[1, 7, 5000])
        {
            string path = _folder.File($"{piece}.txt");
            using (var to = File.OpenHandle(path, FileMode.Create, FileAccess.Write)) Pass(said, to, piece);
            Assert.Equal(expected, File.ReadAllText(path));
        }
    }

    [Fact]
    public void Lines_follow_what_others_write_to_the_same_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there remarks are left out.");
        string path = _folder.File("errors.txt");
        using (var to = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            foreach (string line in (string[])["one\n", "two\n", "three\n"]) Pass(line, to);
        }
        Assert.Equal("one\ntwo\nthree\n", File.ReadAllText(path));
    }

    [Fact]
    public void What_nobody_can_take_is_read_all_the_same()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there remarks are left out.");
        using (var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write)) Pass("a\nb\n", full);
        using var left = new AnonymousPipeServerStream(PipeDirection.Out);
        left.DisposeLocalCopyOfClientHandle();
        Pass("a\nb\n", left.SafePipeHandle);
    }

    private static void Pass(string said, SafeHandle to, int piece = 5000)
    {
        using var from = new Pieces(Encoding.UTF8.GetBytes(said), piece);
        NativeRemarks.Pass(from, (int)to.DangerousGetHandle());
        Assert.Equal(from.Length, from.Position);
    }

    /// <summary>Gives its bytes a few at a time, as a pipe may.</summary>
    private sealed class Pieces(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(most, buffer.Length)]);
    }
}
