using System.Security.Cryptography;
using Wsss.Storage;

namespace Wsss.Tests.Storage;

public sealed class FileHashTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // FIPS 180-2 and RFC 1321.
    [Fact]
    public void The_hashes_of_abc_are_the_published_ones()
    {
        File.WriteAllText(_folder.File("x"), "abc");
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", FileHash.Compute(_folder.File("x")));
        Assert.Equal(
            "900150983cd24fb0d6963f7d28e17f72",
            FileHash.Compute(_folder.File("x"), HashAlgorithmName.MD5, progress: null, TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public void A_file_of_several_blocks_tells_its_progress_and_can_be_cancelled()
    {
        byte[] content = [.. Enumerable.Range(0, (2 << 20) + 5).Select(i => (byte)i)];
        File.WriteAllBytes(_folder.File("x"), content);
        var told = new List<WorkProgress>();
        var progress = new Immediate(told.Add);
        Assert.Equal(
            Convert.ToHexString(SHA256.HashData(content)),
            FileHash.Compute(_folder.File("x"), HashAlgorithmName.SHA256, progress, TestContext.Current.CancellationToken),
            ignoreCase: true
        );
        Assert.Equal((3L, 3L), (told[^1].Done, told[^1].Total));
        Assert.Throws<OperationCanceledException>(() =>
            FileHash.Compute(_folder.File("x"), HashAlgorithmName.SHA256, null, new CancellationToken(canceled: true))
        );
    }

    private sealed class Immediate(Action<WorkProgress> report) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => report(value);
    }
}
