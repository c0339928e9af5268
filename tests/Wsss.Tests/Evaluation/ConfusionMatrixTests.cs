using Wsss.Data;
using Wsss.Evaluation;
using static TorchSharp.torch;

namespace Wsss.Tests.Evaluation;

public class ConfusionMatrixTests
{
    private static LabelMap Map(int width, params byte[] values) => new(width, values.Length / width, values);

    [Fact]
    public void Counts_and_measures_of_a_hand_computed_case()
    {
        var matrix = new ConfusionMatrix(3);
        //                   truth              prediction
        matrix.Add(Map(3, 0, 0, 1, 0, 1, 1, 2, 2, 2), Map(3, 0, 1, 1, 0, 1, 0, 2, 2, 0));

        Assert.Equal(2, matrix[0, 0]);
        Assert.Equal(1, matrix[0, 1]);
        Assert.Equal(1, matrix[1, 0]);
        Assert.Equal(2, matrix[1, 1]);
        Assert.Equal(1, matrix[2, 0]);
        Assert.Equal(2, matrix[2, 2]);
        Assert.Equal(2.0 / 5, matrix.IoU(0)!.Value, 12);
        Assert.Equal(2.0 / 4, matrix.IoU(1)!.Value, 12);
        Assert.Equal(2.0 / 3, matrix.IoU(2)!.Value, 12);
        Assert.Equal((0.4 + 0.5 + 2.0 / 3) / 3, matrix.MeanIoU, 12);
        Assert.Equal((0.5 + 2.0 / 3 + 1) / 3, matrix.MeanPrecision, 12);
        Assert.Equal(2.0 / 3, matrix.MeanRecall, 12);
    }

    [Fact]
    public void Ignored_truth_is_not_counted_and_ignored_prediction_is_background()
    {
        var matrix = new ConfusionMatrix(2);
        matrix.Add(Map(2, 255, 1, 0, 1), Map(2, 1, 255, 255, 1));
        Assert.Equal(1, matrix[0, 0]);
        Assert.Equal(1, matrix[1, 0]);
        Assert.Equal(1, matrix[1, 1]);
        Assert.Equal(0, matrix[0, 1]);
    }

    [Theory]
    [MemberData(nameof(Devices.All), MemberType = typeof(Devices))]
    public void Tensors_are_counted_as_arrays_are(string device)
    {
        const int Labels = 21, Width = 50, Height = 40;
        var random = SeededRandom.For(1);
        byte[] Random(int empty) => [.. Enumerable.Range(0, Width * Height).Select(i => i < empty ? (byte)255 : (byte)random.Next(Labels))];
        var (truth, prediction) = (Map(Width, Random(300)), Map(Width, Random(600)));
        ConfusionMatrix expected = new(Labels), found = new(Labels);
        foreach (int _ in Enumerable.Range(0, 2))
        {
            expected.Add(truth, prediction);
            using var scope = NewDisposeScope();
            var t = tensor(truth.Values, [1, Height, Width]).to(device);
            found.Add(t, tensor(prediction.Values, [1, Height, Width]).to(device));
        }
        for (int i = 0; i < Labels * Labels; i++) Assert.Equal(expected[i / Labels, i % Labels], found[i / Labels, i % Labels]);
    }

    [Theory]
    [InlineData(3, 0, "truth", 3)]
    [InlineData(255, 7, "", 0)]
    [InlineData(1, 7, "prediction", 7)]
    public void A_label_outside_is_named_and_counts_nothing(byte truth, byte prediction, string what, int label)
    {
        var matrix = new ConfusionMatrix(3);
        using var t = tensor([truth, (byte)0]);
        using var p = tensor([prediction, (byte)0]);
        if (what.Length > 0)
        {
            string message = Assert.Throws<EvaluationException>(() => matrix.Add(t, p)).Message;
            Assert.Contains($"{label}", message);
            Assert.Contains(what, message);
            Assert.Equal(0, matrix[0, 0]);
            return;
        }
        matrix.Add(t, p); // what is not counted has no prediction either
        Assert.Equal(1, matrix[0, 0]);
    }

    [Fact]
    public void Tensors_of_other_shapes_are_refused()
    {
        using Tensor t = zeros(2, 3, uint8), p = zeros(3, 2, uint8);
        string message = Assert.Throws<EvaluationException>(() => new ConfusionMatrix(2).Add(t, p)).Message;
        Assert.Contains("[2, 3] as the truth is, found [3, 2]", message);
    }

    [Fact]
    public void Classes_that_do_not_occur_are_left_out()
    {
        var matrix = new ConfusionMatrix(4);
        matrix.Add(Map(2, 0, 0, 1, 1), Map(2, 0, 2, 1, 1)); // class 2 is only predicted, class 3 nowhere
        Assert.Null(matrix.IoU(2));
        Assert.Null(matrix.Precision(3));
        Assert.Equal((0.5 + 1) / 2, matrix.MeanIoU, 12);
    }

    [Fact]
    public void A_class_that_is_never_found_counts_as_zero()
    {
        var matrix = new ConfusionMatrix(2);
        matrix.Add(Map(2, 0, 0, 1, 1), Map(2, 0, 0, 0, 0));
        Assert.Equal(0, matrix.Precision(1));
        Assert.Equal(0.25, matrix.MeanIoU, 12);
    }

    [Fact]
    public void Background_that_is_nowhere_is_left_out()
    {
        var matrix = new ConfusionMatrix(2);
        Assert.Equal(0, matrix.MeanIoU);
        matrix.Add(Map(2, 1, 1), Map(2, 1, 1));
        Assert.Null(matrix.IoU(0));
        Assert.Equal(1, matrix.MeanIoU);
    }

    [Fact]
    public void Adds_from_many_threads()
    {
        var matrix = new ConfusionMatrix(2);
        Parallel.For(0, 200, _ => matrix.Add(Map(2, 0, 1, 1, 0), Map(2, 0, 1, 0, 0)));
        Assert.Equal(400, matrix[0, 0]);
        Assert.Equal(200, matrix[1, 0]);
        Assert.Equal(200, matrix[1, 1]);
    }

    [Fact]
    public void Refuses_other_sizes_and_other_labels()
    {
        var matrix = new ConfusionMatrix(2);
        var size = Assert.Throws<EvaluationException>(() => matrix.Add(Map(2, 0, 0, 0, 0), Map(1, 0, 0, 0, 0)));
        Assert.Contains("2×2", size.Message, StringComparison.Ordinal);
        Assert.Contains("1×4", size.Message, StringComparison.Ordinal);
        Assert.Throws<EvaluationException>(() => matrix.Add(Map(2, 0, 2), Map(2, 0, 0)));
        Assert.Throws<EvaluationException>(() => matrix.Add(Map(2, 0, 0), Map(2, 0, 2)));
        Assert.Contains("found 1.", Assert.Throws<EvaluationException>(() => new ConfusionMatrix(1)).Message);
        Assert.Contains("found 256.", Assert.Throws<EvaluationException>(() => new ConfusionMatrix(256)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[0, 2]);
    }
}
