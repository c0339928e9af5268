using Wsss.Data;
using Wsss.Models;

namespace Wsss.Tests.Models;

public sealed class PublishedWeightsTests : IDisposable
{
    // SHA-256 of "abc" (FIPS 180-2, appendix B.1).
    private const string Digits = "ba7816bf", Hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private FileCheck Check(string name) => PublishedWeights.Check(_folder.File(name), null, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData($"net-{Digits}.pth", nameof(FileState.Ok))]
    [InlineData($"net-{Hash}.pth", nameof(FileState.Ok))]
    [InlineData("net-0676ba61.pth", nameof(FileState.Wrong))]
    [InlineData("net.pth", nameof(FileState.Note))]
    [InlineData("net-abc.pth", nameof(FileState.Note))]
    [InlineData($"net-{Digits}-converted.safetensors", nameof(FileState.Note))]
    public void The_name_decides_what_the_content_must_be(string name, string expected)
    {
        var state = Enum.Parse<FileState>(expected);
        File.WriteAllText(_folder.File(name), "abc");
        FileCheck check = Check(name);
        Assert.Equal(state, check.State);
        Assert.Equal($"SHA-256 {Hash}", check.Found);
        Assert.Equal(state == FileState.Wrong, check.ToDo is not null);
        if (state == FileState.Note) Assert.Contains("no published checksum known", check.Expected);
    }

    [Fact]
    public void A_known_file_that_is_missing_comes_with_its_address()
    {
        FileCheck check = Check("resnet50-0676ba61.pth");
        Assert.Equal(FileState.Missing, check.State);
        Assert.Contains("https://download.pytorch.org/models/resnet50-0676ba61.pth", check.ToDo);
        Assert.Contains(_folder.Path, check.ToDo);
        Assert.Equal(FileState.Missing, Check("resnet50-01234567.pth").State);
    }

    [Fact]
    public void The_published_files_have_a_hash_in_their_names_and_an_address_of_that_name() =>
        Assert.All(Backbones.All.SelectMany(design => design.Published), file =>
        {
            Assert.Matches("-[0-9a-f]{8}[.]pth$", file.File);
            Assert.StartsWith("https://", file.Address);
            Assert.EndsWith("/" + file.File, file.Address);
        });

    [Theory]
    [InlineData("resnet50", "resnet50-0676ba61.pth resnet50-11ad3fa6.pth")]
    [InlineData("mobilenet_v2", "mobilenet_v2-b0353104.pth")]
    [InlineData("deit_small", "deit_small_patch16_224-cd65a155.pth deit_small_distilled_patch16_224-649709d9.pth")]
    [InlineData("menagerie_net", "")]
    public void Each_backbone_knows_its_own_files(string name, string files) =>
        Assert.Equal(files, string.Join(' ', Backbones.Find(name).Published.Select(file => file.File)));
}
