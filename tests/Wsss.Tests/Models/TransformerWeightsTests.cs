using Wsss.Models;
using Wsss.Weights;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Tests.Models;

/// <summary>Files of transformers with other tokens, positions and heads than the network's own.</summary>
public sealed class TransformerWeightsTests : IDisposable
{
    private static readonly VisionTransformerShape Shape = new(Width: 4, Depth: 1, Heads: 2, Patch: 4, Grid: 3);

    private readonly TempFolder _folder = new();

    private string Path => _folder.File("weights.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_token_is_repeated_for_each_class()
    {
        using var scope = NewDisposeScope();
        using VisionTransformer source = Create(TokenKind.Single), target = Create(TokenKind.PerClass, 3);
        Dictionary<string, Tensor> state = source.state_dict(), found = Load(source, target);
        Assert.True(allclose(state["cls_token"].expand(1, 3, 4), found["cls_token"], 0, 0));
        Assert.True(allclose(state["pos_embed"][.., ..1].expand(1, 3, 4), found["pos_embed"][.., ..3], 0, 0));
        Assert.True(allclose(state["pos_embed"][.., 1..], found["pos_embed"][.., 3..], 0, 0));
        Assert.True(allclose(state["blocks.0.attn.qkv.weight"], found["blocks.0.attn.qkv.weight"], 0, 0));
    }

    [Fact]
    public void Other_classes_tokens_become_their_mean()
    {
        using var scope = NewDisposeScope();
        using VisionTransformer source = Create(TokenKind.PerClass, 5), target = Create(TokenKind.PerClass, 2);
        Dictionary<string, Tensor> state = source.state_dict(), found = Load(source, target);
        Assert.True(allclose(state["cls_token"].mean([1], keepdim: true).expand(1, 2, 4), found["cls_token"], 0, 1e-7));
        Assert.True(allclose(state["pos_embed"][.., ..5].mean([1], keepdim: true).expand(1, 2, 4), found["pos_embed"][.., ..2], 0, 1e-7));
    }

    [Fact]
    public void As_many_tokens_stay_as_they_are_and_other_positions_are_interpolated()
    {
        using var scope = NewDisposeScope();
        using VisionTransformer source = Create(TokenKind.PerClass, 2, grid: 5),
            target = Create(TokenKind.PerClass, 2);
        Dictionary<string, Tensor> state = source.state_dict(),
            found = Load(source, target);
        Assert.True(allclose(state["cls_token"], found["cls_token"], 0, 0));
        Assert.True(allclose(state["pos_embed"][.., ..2], found["pos_embed"][.., ..2], 0, 0));
        Tensor grid = state["pos_embed"][.., 2..].reshape(1, 5, 5, 4).permute(0, 3, 1, 2);
        Tensor expected = F.interpolate(grid, [3, 3], mode: InterpolationMode.Bicubic, align_corners: false)
            .permute(0, 2, 3, 1)
            .reshape(1, 9, 4);
        Assert.True(allclose(expected, found["pos_embed"][.., 2..], 0, 1e-7));
    }

    [Fact]
    public void A_distilled_file_gives_its_image_token_and_its_patches()
    {
        using var scope = NewDisposeScope();
        using VisionTransformer source = Create(TokenKind.Distilled), target = Create(TokenKind.PerClass, 2);
        Dictionary<string, Tensor> state = source.state_dict();
        foreach (string head in new[] { "head", "head_dist" }) (state[$"{head}.weight"], state[$"{head}.bias"]) = (zeros(7, 4), zeros(7));
        SafeTensorsFile.Write(Path, state);
        LoadReport report = NetworkWeights.LoadBackbone(target, Path);
        Assert.Equal(["dist_token", "head.bias", "head.weight", "head_dist.bias", "head_dist.weight"], report.Ignored);
        Assert.True(report.IsExact);
        Dictionary<string, Tensor> found = target.state_dict();
        Assert.True(allclose(state["cls_token"].expand(1, 2, 4), found["cls_token"], 0, 0));
        Assert.True(allclose(state["pos_embed"][.., ..1].expand(1, 2, 4), found["pos_embed"][.., ..2], 0, 0));
        Assert.True(allclose(state["pos_embed"][.., 2..], found["pos_embed"][.., 2..], 0, 0));
    }

    [Fact]
    public void Another_width_is_refused_and_changes_nothing()
    {
        using VisionTransformer target = Create(TokenKind.PerClass, 2);
        using var source = new VisionTransformer("wide", Shape with { Width = 8 }, TokenKind.Single);
        NetworkWeights.Save(source, Path);
        float[] before = Toys.Values(target.state_dict()["cls_token"]);
        Assert.Contains(
            "blocks.0.attn.proj.bias (expected [4], found [8])",
            Assert.Throws<WeightFileException>(() => NetworkWeights.LoadBackbone(target, Path)).Message
        );
        Assert.Equal(before, Toys.Values(target.state_dict()["cls_token"]));
    }

    [Fact]
    public void Positions_that_are_no_square_grid_are_refused()
    {
        using var scope = NewDisposeScope();
        using VisionTransformer source = Create(TokenKind.Single), target = Create(TokenKind.PerClass, 2);
        Dictionary<string, Tensor> state = source.state_dict();
        state["pos_embed"] = zeros(1, 1 + 3 * 4, 4);
        SafeTensorsFile.Write(Path, state);
        Assert.Contains("pos_embed", Assert.Throws<WeightFileException>(() => NetworkWeights.LoadBackbone(target, Path)).Message);
    }

    [Fact]
    public void No_tensor_survives_an_adapted_load()
    {
        using VisionTransformer source = Create(TokenKind.Single), target = Create(TokenKind.PerClass, 2);
        NetworkWeights.Save(source, Path);
        long before = Toys.LiveTensors;
        NetworkWeights.LoadBackbone(target, Path);
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Theory]
    [InlineData(TokenKind.Single)]
    [InlineData(TokenKind.Distilled)]
    public void A_timm_classifier_has_its_own_logits_and_maps_of_the_same_weights(TokenKind kind)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        random.manual_seed(1);
        using VisionTransformer trunk = ((VisionTransformerDesign)Backbones.Find("deit_tiny")).CreateWith(kind);
        trunk.eval();
        Dictionary<string, Tensor> state = trunk.state_dict();
        string[] heads = kind == TokenKind.Single ? ["head"] : ["head", "head_dist"];
        foreach (string head in heads)
            (state[$"{head}.weight"], state[$"{head}.bias"]) = (randn(3, 192), randn(3));
        SafeTensorsFile.Write(Path, state);
        Tensor image = randn(1, 3, 64, 48);
        Activation features = trunk.Run(new Activation(image), 0, 14);

        using Classifier classifier = Classifier.FromTorchvision("deit_tiny", Path, classNames: ["a", "b", "c"]);
        ClassifierOutput output = classifier.call(image, null);

        Tensor[] logits =
        [
            .. heads.Select((head, i) => features.ClassTokens![.., i].matmul(state[$"{head}.weight"].t()) + state[$"{head}.bias"]),
        ];
        Tensor[] maps = [.. heads.Select(head => einsum("ck,nkhw->nchw", state[$"{head}.weight"], features.Grid))];
        Assert.False(classifier.training);
        Assert.Equal([1, 3, 4, 3], output.Maps.shape);
        Assert.True(allclose(stack(logits).mean([0]), output.Logits, 1e-4, 1e-4));
        Assert.True(allclose(stack(maps).mean([0]), output.Maps, 1e-4, 1e-4));
    }

    [Fact]
    public void A_transformers_file_without_head_is_no_classifier()
    {
        using VisionTransformer trunk = ((VisionTransformerDesign)Backbones.Find("deit_tiny")).CreateWith(TokenKind.Single);
        NetworkWeights.Save(trunk, Path);
        Assert.Contains("'head'", Assert.Throws<WeightFileException>(() => Classifier.FromTorchvision("deit_tiny", Path)).Message);
    }

    private static VisionTransformer Create(TokenKind kind, int classes = 1, int grid = 3) =>
        new("toy", Shape with { Grid = grid }, kind, classes);

    private Dictionary<string, Tensor> Load(VisionTransformer source, VisionTransformer target)
    {
        NetworkWeights.Save(source, Path);
        Assert.True(NetworkWeights.LoadBackbone(target, Path).IsExact);
        return target.state_dict();
    }
}
