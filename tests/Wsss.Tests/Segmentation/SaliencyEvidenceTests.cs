using Wsss.Segmentation;
using Wsss.Tests.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Segmentation;

public sealed class SaliencyEvidenceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Probabilities_are_pooled_with_saliency_as_by_hand()
    {
        using var scope = NewDisposeScope();
        // Background, class 0, class 1 of three pixels; saliency .8, .5 and 1, of which no more than .98 is believed.
        var probabilities = tensor([.6f, .6f, .9f, .3f, .3f, .1f, .1f, .1f, 0f], [1, 3, 1, 3]);
        var pooled = new SaliencyEvidence { Weight = 2 }.Pool(probabilities, tensor([.8f, .5f, 1f], [1, 3]));
        float[] expected =
        [
            .6f * .04f, .6f * .25f, .9f * .0004f, .3f * .64f, .3f * .25f, .1f * .9604f, .1f * .64f, .1f * .25f, 0,
        ];
        Assert.Equal(expected, Toys.Values(pooled), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([1, 0, 1], pooled.argmax(1).data<long>().ToArray());
    }

    [Fact]
    public void Saliency_of_one_half_changes_no_mask_and_classes_keep_their_odds()
    {
        using var scope = NewDisposeScope();
        var probabilities = rand([1, 4, 9, 7]).softmax(1);
        var evidence = new SaliencyEvidence();
        long[] Labels(Tensor scores) => scores.argmax(1).data<long>().ToArray();
        Assert.Equal(Labels(probabilities), Labels(evidence.Pool(probabilities, full([9, 7], .5f))));
        var pooled = evidence.Pool(probabilities, rand([9, 7]));
        Assert.Equal(
            Toys.Values(probabilities[.., 1] / probabilities[.., 3]), Toys.Values(pooled[.., 1] / pooled[.., 3]),
            (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void Pooling_leaves_no_tensors_behind()
    {
        using var probabilities = rand([1, 2, 5, 5]);
        using var saliency = rand([5, 5]);
        long before = Toys.LiveTensors;
        for (int i = 0; i < 3; i++) new SaliencyEvidence().Pool(probabilities, saliency).Dispose();
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_weight_that_is_not_positive_is_refused(double weight)
    {
        var inference = new SegmentationInference { Saliency = new SaliencyEvidence { Weight = weight } };
        Assert.Contains("weight of saliency", Assert.Throws<RecipeException>(inference.Validate).Message);
    }

    [Fact]
    public void A_folder_is_refused_as_later_photographs_have_no_map_there()
    {
        var inference = new SegmentationInference { Saliency = new SaliencyEvidence { From = _folder.Path } };
        Assert.Contains(_folder.Path, Assert.Throws<RecipeException>(inference.Validate).Message);
    }

    [Fact]
    public void What_is_predicted_is_named_by_the_networks_content()
    {
        string Key(string from) => new SegmentationInference { Saliency = new SaliencyEvidence { From = from } }.Key();
        TorchScriptFile.Write(_folder.File("a.pt"), "torch.sigmoid(torch.slice(x, 1, 0, 1))");
        TorchScriptFile.Write(_folder.File("b.pt"), "torch.sigmoid(torch.slice(x, 1, 1, 2))");
        File.Copy(_folder.File("a.pt"), _folder.File("c.pt"));
        Assert.Equal(Key(_folder.File("a.pt")), Key(_folder.File("c.pt")));
        Assert.NotEqual(Key(_folder.File("a.pt")), Key(_folder.File("b.pt")));
        Assert.NotEqual(Key(_folder.File("a.pt")), new SegmentationInference().Key());
        Assert.Contains("none.pt", Assert.Throws<InputFileException>(() => Key(_folder.File("none.pt"))).Message);
    }
}
