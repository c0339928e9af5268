using Wsss.Evaluation;

namespace Wsss.Tests.Evaluation;

public sealed class PublishedResultTests
{
    public static TheoryData<string> Lists => ["weak", "full"];

    [Theory]
    [MemberData(nameof(Lists))]
    public void The_list_is_ordered_by_year(string list)
    {
        int[] years = [.. List(list).Select(result => result.Year)];
        Assert.Equal(years.Order(), years);
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void Every_result_has_a_source_and_a_number_in_per_cent(string list) => Assert.All(List(list), result =>
    {
        Assert.False(string.IsNullOrWhiteSpace(result.Source));
        Assert.False(string.IsNullOrWhiteSpace(result.Extra));
        Assert.NotEqual("", result.Reproduction);
        double[] numbers = Numbers(result);
        Assert.NotEmpty(numbers);
        // Above 1, because a fraction in this list would be a slip.
        Assert.All(numbers, number => Assert.InRange(number, 1, 100));
    });

    [Theory]
    [MemberData(nameof(Lists))]
    public void A_method_has_one_result_per_backbone(string list)
    {
        IReadOnlyList<PublishedResult> results = List(list);
        Assert.Equal(results.Count, results.Select(result => (result.Method, result.Backbone)).Distinct().Count());
    }

    [Fact]
    public void Every_year_from_2015_on_is_there() =>
        Assert.Equal(Enumerable.Range(2015, 12), PublishedResults.Voc2012.Select(result => result.Year).Distinct());

    [Fact]
    public void Refinement_improves_the_seed() =>
        Assert.All(PublishedResults.Voc2012.Where(result => result is { Seed: not null, PseudoMask: not null }),
            result => Assert.True(result.PseudoMask > result.Seed, result.Method));

    [Fact]
    public void The_anchors_have_their_published_values()
    {
        Assert.Equal(50.7, Single("SEC").Validation);
        Assert.Equal(60.8, Single("MDC").Test);
        Assert.Equal((48.3, 66.5), (Single("IRN").Seed, Single("IRN").PseudoMask));
        Assert.Contains("64.9 to 66.0", Single("IRN").Reproduction);
        Assert.Equal(55.0, Single("AE-PSL").Validation);
        Assert.Equal(55.41, Single("SEAM").Seed);
        Assert.Equal(69.22, Single("EPS").Seed);
        Assert.Equal(50.1, Single("Mixup-CAM").Seed);
        Assert.Equal([79.6, 81.7], PublishedResults.Voc2012.Where(result => result.Method == "DHR").Select(result => result.Validation));
        Assert.Contains("83.1 on val", Single("FMA-WSSS").Reproduction);
        Assert.Contains("75.6 for the network", Single("ExCEL").Reproduction);
    }

    [Fact]
    public void The_findings_are_ordered_and_have_sources()
    {
        Assert.Equal(FieldFinding.Published.OrderBy(finding => finding.Year), FieldFinding.Published);
        Assert.All(
            FieldFinding.Published,
            finding => Assert.False(string.IsNullOrWhiteSpace(finding.Finding) || string.IsNullOrWhiteSpace(finding.Source))
        );
    }

    private static IReadOnlyList<PublishedResult> List(string name) =>
        name == "weak" ? PublishedResults.Voc2012 : PublishedResults.FullySupervised;

    private static PublishedResult Single(string method) => PublishedResults.Voc2012.Single(result => result.Method == method);

    private static double[] Numbers(PublishedResult result) =>
        [.. new[] { result.Seed, result.PseudoMask, result.Validation, result.Test }.OfType<double>()];
}
