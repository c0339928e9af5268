using System.Text.RegularExpressions;

namespace Wsss.Tests.Hostile;

/// <summary>Other people's files, folders and names each go one way through the sources.</summary>
public sealed partial class OneWayTests
{
    private static readonly string[] Openers = ["Wsss.Common/InputFile.cs", "Wsss.Common/DiskFlush.cs", "Wsss/Storage/ArtifactLock.cs"],
        Walkers = ["Wsss.Common/InputFolder.cs", "Wsss/Storage/ArtifactManifest.cs", "Wsss/Storage/StoreInventory.cs"],
        Printers = ["Wsss.Cli/ResultText.cs", "Wsss.Cli/Commands/CompletionCommand.cs"];

    [Fact]
    public void Files_are_opened_for_reading_in_one_place() => Assert.Empty(SourceLines.Matching("*", Opening(), Openers));

    [Fact]
    public void Folders_are_walked_in_one_place() => Assert.Empty(SourceLines.Matching("*", Walking(), Walkers));

    [Fact]
    public void Lines_are_printed_in_one_place() => Assert.Empty(SourceLines.Matching("Wsss.Cli", Printing(), Printers));

    [Theory]
    [InlineData("var x = File.ReadAllBytes(path);", true)]
    [InlineData("using var s = System.IO.File.OpenRead (path);", true)]
    [InlineData("new FileStream(path, FileMode.Open, FileAccess.Read)", true)]
    [InlineData("new StreamReader(path)", true)]
    [InlineData("ZipFile.OpenRead(path)", true)]
    [InlineData("SKBitmap.Decode(path)", true)]
    [InlineData("XDocument.Load(path)", true)]
    [InlineData("new FileStream(temporary, FileMode.Create)", false)]
    [InlineData("new StreamReader(new MemoryStream(bytes))", false)]
    [InlineData("InputFile.ReadText(path, InputKind.Document)", false)]
    public void What_opens_a_file_is_noticed(string code, bool expected) => Assert.Equal(expected, Opening().IsMatch(code));

    [GeneratedRegex(
        @"\bFile\s*\.\s*(OpenRead|OpenText|OpenHandle|Open|ReadAll\w+|ReadLines\w*)\s*\(|FileMode\.Open\b|FileMode\.OpenOrCreate\b"
        + @"|new StreamReader\((?!new |stream|response)"
            + @"|ZipFile\.|SK(Bitmap|Image|Codec|Data)\.(Decode|Create|FromEncodedData)\((path|file)\b|X(Document|Element)\.Load\("
        + @"|XmlReader\.Create\(path|MemoryMappedFile\."
    )]
    private static partial Regex Opening();

    [GeneratedRegex(@"SearchOption\.AllDirectories|RecurseSubdirectories")]
    private static partial Regex Walking();

    [GeneratedRegex(@"\bConsole(\.Out|\.Error)?\.Write")]
    private static partial Regex Printing();
}
