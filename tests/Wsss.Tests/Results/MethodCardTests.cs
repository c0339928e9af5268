using System.Text.RegularExpressions;
using Wsss.Localization;
using Wsss.Refinement;
using Wsss.Registry;
using Wsss.Training;

namespace Wsss.Tests.Results;

/// <summary>docs/methods.md has a card for each technique, extractor and refinement, and says of it what the program says.</summary>
public sealed partial class MethodCardTests
{
    private static readonly (string Noun, Family Family)[] Families =
    [
        ("Technique", Family.Of<Technique>()), ("Extractor", Family.Of<MapExtractor>()), ("Refinement", Family.Of<MapRefinement>()),
    ];

    // Those of the library; tests define others.
    private static readonly (string Noun, FamilyMember Member)[] All =
    [
        .. Families.SelectMany(family => family.Family.Members
            .Where(member => member.Type.Assembly == typeof(Technique).Assembly).Select(member => (family.Noun, member))),
    ];

    private static readonly string Document = File.ReadAllText(ProjectFolder.At("docs", "methods.md")).ReplaceLineEndings("\n");

    private static readonly string[] Cards = [.. Document.Split("\n## ").Skip(1)];

    public static TheoryData<string> Names { get; } = [.. All.Select(item => item.Member.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_has_a_card_with_its_summary_source_and_command(string name)
    {
        var (noun, member) = All.Single(item => item.Member.Name == name);
        string card = Assert.Single(Cards, text => text.Contains($"\n{noun} `{name}`: ", StringComparison.Ordinal));
        Assert.Contains($"\n{noun} `{name}`: {member.Summary}.\n", card);
        Assert.Contains(Sources(card), file =>
            Regex.IsMatch(File.ReadAllText(ProjectFolder.At(file)), $@"public sealed record {member.Type.Name}\b"));
        string option = noun switch { "Technique" => "-t", "Extractor" => "--method", _ => "-r" };
        Assert.Matches($@"`[^`]*wsss [^`]*{option} '?{Regex.Escape(name)}[` :]", card);
        Assert.Matches(@"\b20\d\d\b", card);
    }

    [Fact]
    public void There_is_a_card_for_nothing_else_and_the_beginning_lists_all()
    {
        Assert.Equal(All.Length, Cards.Length);
        string beginning = Document.Split("\n## ")[0];
        Assert.All(Cards, card => Assert.Contains($"](#{Anchor(card.Split('\n')[0])})", Regex.Replace(beginning, @"\s+", " ")));
    }

    private static string Anchor(string heading) => NoAnchor().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    private static string[] Sources(string card) => [.. Source().Matches(card).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"\]\(\.\./(lib/[^)]+\.cs)\)")]
    private static partial Regex Source();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();
}
