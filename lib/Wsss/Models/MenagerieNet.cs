using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>
/// A small ResNet for drawn scenes of 96 to 128 pixels: a 3×3 stem and three stages of two basic blocks of 32, 64 and
/// 128 channels at strides 4, 8 and 8. 0.7 M parameters, 0.23 GFLOP forward at 96×96.
/// </summary>
/// <remarks>
/// Full-size backbones halve a 96-pixel image until a head of a few pixels is gone and train at a few images a second
/// on a CPU; this one keeps 12×12 positions and a training step within a fraction of a second. The last stage is not
/// dilated, so that a feature sees about a head or a wheel at a time rather than the whole scene.
/// </remarks>
internal sealed class MenagerieNet : ConvolutionalBackbone
{
    private const int Stem = 24, BlocksPerStage = 2;
    private static readonly (int Width, int Stride)[] Stages = [(32, 2), (64, 2), (128, 1)];

    /// <summary>Creates the network with kaiming-normal weights.</summary>
    public MenagerieNet() : base("menagerie_net")
    {
        Add("conv1", LayerFactory.Conv(3, Stem, 3, stride: 2), stride: 2);
        Add("bn1", nn.BatchNorm2d(Stem));
        Add("relu", nn.ReLU());
        int channels = Stem;
        for (int stage = 0; stage < Stages.Length; stage++)
        {
            (int width, int stride) = Stages[stage];
            var blocks = new nn.Module<Tensor, Tensor>[BlocksPerStage];
            for (int block = 0; block < BlocksPerStage; block++)
            {
                BlockShape shape = block == 0 ? new(channels, width, stride, 1, 1) : new(width, width, 1, 1, 1);
                blocks[block] = new BasicBlock(shape);
                AddLayer($"layer{stage + 1}.{block}", blocks[block], shape.Stride);
            }
            register_module($"layer{stage + 1}", LayerFactory.Numbered(blocks));
            EndStage(width);
            channels = width;
        }
        Channels = channels;
    }

    /// <inheritdoc/>
    public override int Channels { get; }

    /// <inheritdoc/>
    public override int OutputStride => 8;

    private void Add(string name, nn.Module<Tensor, Tensor> module, int stride = 1)
    {
        register_module(name, module);
        AddLayer(name, module, stride);
    }
}

[Registered("small ResNet for drawn scenes: 128 channels, 0.7 M parameters", Name = "menagerie_net", Order = 1)]
internal sealed class MenagerieNetDesign : BackboneDesign
{
    public override IReadOnlyList<int> Strides => [8];

    internal override ShippedWeights Shipped => new(CropEpochs: 12);

    protected override Backbone Build(int outputStride, int classTokens) => new MenagerieNet();
}
