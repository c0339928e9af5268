using System.Text.RegularExpressions;

namespace Wsss.Tests;

/// <summary>Values leave a device in the places that are told here, each for a reason: elsewhere a step would wait for it unseen.</summary>
public sealed partial class DeviceTripTests
{
    private static readonly Dictionary<string, string> Places = new()
    {
        ["Wsss/Comparisons/StepCost.cs"] = "a clock has to wait for the work that it measures",
        ["Wsss/Data/Loader.cs"] = "batches are put together on the CPU",
        ["Wsss/Data/Normalization.cs"] = "an image to look at",
        ["Wsss/Evaluation/ConfusionMatrix.cs"] = "counts of a whole image, once",
        ["Wsss/Graphs/OnnxGraph.cs"] = "weights that are written to a file",
        ["Wsss/Localization/GridMaps.cs"] = "maps of an image whose next reader is on the CPU",
        ["Wsss/Models/ClassScores.cs"] = "scores of a batch, once",
        ["Wsss/Models/SavedHead.cs"] = "weights that were read from a file",
        ["Wsss/Models/SavedValues.cs"] = "weights that were read from a file",
        ["Wsss/Refinement/AffinityWalk.cs"] = "refined maps of an image",
        ["Wsss/Refinement/AttentionAffinity.cs"] = "boxes around connected parts, and refined maps of an image",
        ["Wsss/Refinement/DeviceCrf.cs"] = "refined maps of an image",
        ["Wsss/Refinement/LatticeTensorCrf.cs"] = "a number that is none is told before it spoils the maps, once an image",
        ["Wsss/Refinement/TensorLattice.cs"] = "how many vertices there are decides the size of a tensor",
        ["Wsss/Refinement/TensorCrf.cs"] = "a number that is none is told before it spoils the maps, once an image",
        ["Wsss/Regions/RegionNetwork.cs"] = "regions of an image, and the range of what somebody else's network gives, once an image",
        ["Wsss/Saliency/ObjectnessTrainer.cs"] = "counts of an image, in validation",
        ["Wsss/Saliency/SaliencySource.cs"] = "saliency of an image, kept as a file",
        ["Wsss/Saliency/ScriptedSaliency.cs"] = "a network of somebody else's may give anything: its range is looked at, once an image",
        ["Wsss/Segmentation/ImageSegmenter.cs"] = "the mask of an image",
        ["Wsss/Segmentation/SegmenterTrainer.cs"] = "known pixels of each part, where steps have parts",
        ["Wsss/Segmentation/Thresholds/ClassScore.cs"] = "scores of an image's masks, once",
        ["Wsss/Sharpening/BoundaryTarget.cs"] = "the CRF on arrays, where the device is the CPU",
        ["Wsss/Sharpening/RegionContrast.cs"] = "how many regions there are decides the size of a tensor",
        ["Wsss/Training/LossReadings.cs"] = "losses, many steps' together",
        ["Wsss/Training/TrainingLoop.cs"] = "whether the weights are numbers, once an epoch",
    };

    [Fact]
    public void Values_leave_a_device_where_that_is_meant() => Assert.Empty(SourceLines.Matching("Wsss", Trip(), Places.Keys));

    [Fact]
    public void Nothing_is_sent_to_a_device_that_would_wait_for_its_work() =>
        Assert.Empty(SourceLines.Matching("Wsss", Sending(), []));

    [Theory]
    [InlineData("float loss = total.item<float>();", true)]
    [InlineData("var values = maps.cpu().contiguous();", true)]
    [InlineData("maps.to(CPU)", true)]
    [InlineData("maps.to(torch.CPU, copy: true)", true)]
    [InlineData("maps.data<float>().ToArray()", true)]
    [InlineData("(double)loss.ToDouble()", true)]
    [InlineData("images.to(device)", false)]
    [InlineData("batch.Items.Count", false)]
    public void A_trip_is_noticed(string code, bool expected) => Assert.Equal(expected, Trip().IsMatch(code));

    [Theory]
    [InlineData("var others = tensor(order).to(batch.Images.device);", true)]
    [InlineData("Tensor scores = tensor(maps.Values, [1, 2]).clone().to(device);", true)]
    [InlineData("var others = tensor(order).SentTo(batch.Images.device);", false)]
    [InlineData("(tensor(weights) / weights.Sum()).to(ranked.dtype).SentTo(ranked.device)", false)]
    public void A_copy_that_waits_is_noticed(string code, bool expected) => Assert.Equal(expected, Sending().IsMatch(code));

    [GeneratedRegex(@"\btensor\(.*\.to\((\w+\.)*_?[dD]evice\)")]
    private static partial Regex Sending();

    [GeneratedRegex(@"\.(cpu\(\)|item<|data<|bytes\b|to\((torch\.)?CPU\b|To(Single|Double|Int32|Int64|Boolean)\(\))")]
    private static partial Regex Trip();
}
