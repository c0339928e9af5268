using Wsss.Notebooks.Exercises;
using Wsss.Notebooks.Sessions;
using static TorchSharp.torch;

namespace Wsss.Notebooks.Tests.Exercises;

public sealed class ExerciseTests
{
    private static readonly string[] Ways = ["grow", "shrink"];

    [Fact]
    public void An_empty_place_is_not_yet_answered()
    {
        using var theirs = ones(2);
        ExerciseResult[] results =
        [
            Exercise.Compare(null, theirs), Exercise.Compare((double?)null, 1), Exercise.Answer(null, 0, 1),
            Exercise.Choose(null, Ways, "grow"),
        ];
        Assert.All(results, result => Assert.Equal(Verdict.NotYet, result.Verdict));
        Assert.All(results, result => Assert.StartsWith("Not yet: ", result.ToString(), StringComparison.Ordinal));
        Assert.Equal("Not yet: choose \"grow\" or \"shrink\", put it in place of null and run the cell again.", results[3].ToString());
    }

    [Fact]
    public void A_tensor_is_right_up_to_a_share_of_the_largest_value()
    {
        using var theirs = tensor(new double[,] { { 0, 100 }, { -1, 2 } });
        using var shifted = theirs + 0.005;
        using var near = shifted.to_type(ScalarType.Float32);
        using var far = theirs + 0.02;
        Assert.True(Exercise.Compare(theirs, theirs, 0).IsRight);
        Assert.True(Exercise.Compare(near, theirs).IsRight);
        Assert.Equal(Verdict.Wrong, Exercise.Compare(far, theirs).Verdict);
    }

    [Fact]
    public void A_wrong_tensor_is_told_how_it_differs()
    {
        using var theirs = tensor(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        using var wrong = tensor(new double[,] { { 1, 2, 3 }, { 4, 7, 5 } });
        using var half = theirs / 2;
        using var turned = theirs.transpose(0, 1);
        using var broken = tensor(new[,] { { 1, 2, double.NaN }, { 4, 5, 6 } });
        Assert.Equal("Wrong: the shape is [3, 2], expected [2, 3].", Exercise.Compare(turned, theirs).ToString());
        Assert.Equal("Wrong: 2 of 6 values differ, first at [1, 1]: 7, expected 5; the largest difference is 2.",
            Exercise.Compare(wrong, theirs).ToString());
        Assert.Equal(
            "Wrong: 6 of 6 values differ, first at [0, 0]: 0.5, expected 1; the largest difference is 3. Times 2 it would be the same.",
            Exercise.Compare(half, theirs).ToString());
        Assert.StartsWith("Wrong: 1 of 6 values differ, first at [0, 2]: NaN, expected 3", Exercise.Compare(broken, theirs).ToString());
    }

    [Fact]
    public void A_row_of_values_is_compared_as_a_tensor_is()
    {
        Assert.Equal(Verdict.NotYet, Exercise.Compare((float[]?)null, [1, 2]).Verdict);
        Assert.True(Exercise.Compare([1, 2], [1, 2.0001f]).IsRight);
        Assert.Equal("Wrong: the shape is [1], expected [2].", Exercise.Compare([1f], [1, 2]).ToString());
        Assert.Contains("first at [1]: 3, expected 2", Exercise.Compare([1, 3], [1, 2]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_without_places_and_one_that_is_a_number_are_compared_too()
    {
        using var three = tensor(3.0);
        using var four = tensor(4);
        using var none = zeros(0);
        using var nothing = zeros(2);
        Assert.Equal("Right: the same as the library's, []; the largest difference is 0.", Exercise.Compare(three, three).ToString());
        Assert.Contains("first at []: 4, expected 3", Exercise.Compare(four, three).Message, StringComparison.Ordinal);
        Assert.True(Exercise.Compare(none, none).IsRight);
        Assert.True(Exercise.Compare(nothing, nothing).IsRight);
    }

    [Theory]
    [InlineData(0.9, "Wrong: 0.9 is too small. Count again.")]
    [InlineData(1.0, "Right: 1. So it is.")]
    [InlineData(2.0, "Right: 2. So it is.")]
    [InlineData(2.5, "Wrong: 2.5 is too large. Count again.")]
    [InlineData(double.NaN, "Wrong: NaN is not a number. Count again.")]
    public void A_number_is_right_inside_the_range(double mine, string expected) =>
        Assert.Equal(expected, Exercise.Answer(mine, 1, 2, "Count again.", "So it is.").ToString());

    [Theory]
    [InlineData(99.5, 100, 0.01, Verdict.Right)]
    [InlineData(98, 100, 0.01, Verdict.Wrong)]
    [InlineData(-100.5, -100, 0.01, Verdict.Right)]
    [InlineData(0.005, 0, 0.01, Verdict.Right)]
    [InlineData(0.02, 0, 0.01, Verdict.Wrong)]
    public void A_number_is_right_up_to_a_share_of_it(double mine, double theirs, double tolerance, Verdict expected) =>
        Assert.Equal(expected, Exercise.Compare(mine, theirs, tolerance).Verdict);

    [Theory]
    [InlineData(" Grow ", "Right: grow. It was seen.")]
    [InlineData("shrink", "Wrong: it is not \"shrink\". Look again.")]
    [InlineData("both", "Wrong: expected \"grow\" or \"shrink\", found \"both\".")]
    public void A_choice_is_one_of_the_words(string mine, string expected) =>
        Assert.Equal(expected, Exercise.Choose(mine, Ways, "grow", "Look again.", "It was seen.").ToString());

    [Fact]
    public void A_check_that_cannot_be_right_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => Exercise.Choose("grow", Ways, "stay"));
        Assert.Contains("Expected one of \"grow\" or \"shrink\", found 'stay'.", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Exercise.Answer(1, 2, 1));
    }

    [Fact]
    public void A_cell_shows_the_verdict_in_bold_and_the_message_as_it_is()
    {
        var shown = new DisplayFormats().Format(new ExerciseResult(Verdict.Wrong, "a < b."));
        Assert.Equal("**Wrong:** a &lt; b.", shown["text/markdown"]);
        Assert.Equal("Wrong: a < b.", shown["text/plain"]);
    }
}
